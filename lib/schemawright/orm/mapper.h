#pragma once

#include "schemawright/orm/automap.h"
#include "schemawright/orm/member_access.h"
#include "schemawright/sql/expr.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace schemawright {

/// Collects the fields of a struct, or of a part of one.
template <class T> class FieldMapper
{
public:
    explicit FieldMapper(std::vector<MappedField> &fields) : fields_(fields) {}

    template <class M> FieldMapper &field(std::string column, M T::*member)
    {
        fields_.push_back({std::move(column), detail::fieldAccess(member)});
        return *this;
    }
    /// With conversions of its own: Value to(const M &), M from(const Value &). For an std::optional those of what it
    /// holds do; NULL is nothing then.
    template <class M, class To, class From> FieldMapper &field(std::string column, M T::*member, To to, From from)
    {
        if constexpr (detail::Optional<M>::value && !std::is_invocable_v<To, const M &>) {
            return field(
                std::move(column), member,
                [to = std::move(to)](const M &held) { return held ? Value(to(*held)) : Value(); },
                [from = std::move(from)](const Value &value) { return value.isNull() ? M() : M(from(value)); });
        } else {
            fields_.push_back({std::move(column), std::make_shared<detail::ConvertedAccess<T, M, To, From>>(
                                                      member, std::move(to), std::move(from))});
            return *this;
        }
    }
    /// An enum by the names of its values, or an std::optional of one. Throws Error(Conversion) for what is not among
    /// them.
    template <class M>
    FieldMapper &enumeration(std::string column, M T::*member,
                             std::map<typename detail::Optional<M>::Held, std::string> names)
    {
        using Enum = typename detail::Optional<M>::Held;
        auto to = [names, column](const Enum &value) {
            if (const auto found = names.find(value); found != names.end())
                return Value(found->second);
            throw Error(ErrorKind::Conversion, "a value without a name in a member for the column " + column);
        };
        auto from = [names, column](const Value &value) {
            for (const auto &[each, name] : names)
                if (!value.isNull() && value.text() == name)
                    return each;
            throw Error(ErrorKind::Conversion, (value.isNull() ? std::string("NULL") : "'" + value.text() + "'") +
                                                   " is no value of the column " + column);
        };
        return field(std::move(column), member, std::move(to), std::move(from));
    }
    /// A struct inside this one, its columns with a prefix.
    template <class E, class Describe> FieldMapper &embedded(E T::*part, const std::string &prefix, Describe describe)
    {
        std::vector<MappedField> inner;
        FieldMapper<E> mapper(inner);
        describe(mapper);
        for (MappedField &each : inner)
            fields_.push_back(
                {prefix + each.column, std::make_shared<detail::EmbeddedAccess<T, E>>(part, each.access)});
        return *this;
    }

private:
    std::vector<MappedField> &fields_;
};

/// Says how a struct stands in a table: which member is which column, and what it is related to. The struct needs no
/// base class and no macro, only to be default-constructible. A related object is a member of type
/// std::shared_ptr<Other>, std::weak_ptr<Other> or Lazy<Other>; many are a std::vector<std::shared_ptr<Other>> or a
/// LazyList<Other>. A column that is read only when it is asked for is a Deferred<M>.
///
///     Mappings mappings(metadata);
///     mappings.map<Author>("author").key("id", &Author::id).field("name", &Author::name)
///         .oneToMany("books", &Author::books, "author");
///     mappings.map<Book>("book").key("id", &Book::id).field("title", &Book::title)
///         .manyToOne("author", &Book::author, {"author_id"});
template <class T> class Mapper
{
public:
    explicit Mapper(EntityMap &entity) : entity_(entity), fields_(entity.fields) {}

    /// A part of the primary key.
    template <class M> Mapper &key(std::string column, M T::*member)
    {
        entity_.key.push_back(entity_.fields.size());
        fields_.field(std::move(column), member);
        return *this;
    }
    template <class M> Mapper &field(std::string column, M T::*member)
    {
        fields_.field(std::move(column), member);
        return *this;
    }
    template <class M, class To, class From> Mapper &field(std::string column, M T::*member, To to, From from)
    {
        fields_.field(std::move(column), member, std::move(to), std::move(from));
        return *this;
    }
    template <class M>
    Mapper &enumeration(std::string column, M T::*member,
                        std::map<typename detail::Optional<M>::Held, std::string> names)
    {
        fields_.enumeration(std::move(column), member, std::move(names));
        return *this;
    }
    template <class E, class Describe> Mapper &embedded(E T::*part, const std::string &prefix, Describe describe)
    {
        fields_.embedded(part, prefix, std::move(describe));
        return *this;
    }
    /// A number that grows with every update: one that somebody else changed meanwhile is told by it.
    template <class M> Mapper &version(std::string column, M T::*member)
    {
        entity_.version = entity_.fields.size();
        return field(std::move(column), member);
    }

    /// A column whose value the database makes: read after each write, never written.
    template <class M> Mapper &readOnly(std::string column, M T::*member)
    {
        field(std::move(column), member);
        entity_.fields.back().isReadOnly = true;
        return *this;
    }
    /// The column of a hierarchy's table that says which struct a row is, and its value for this one; see
    /// Mappings::derive(). It needs no member.
    Mapper &polymorphic(std::string column, Value value)
    {
        entity_.discriminator = std::move(column);
        entity_.discriminatorValue = std::move(value);
        return *this;
    }

    /// Columns of this table refer to the other's primary key. They need no members of their own.
    template <class M>
    Mapper &manyToOne(std::string name, M T::*member, std::vector<std::string> columns, Cascade cascade = {})
    {
        Relation &made = relation<M>(Relation::Kind::ManyToOne, std::move(name), detail::oneAccess(member), cascade);
        made.columns = std::move(columns);
        return *this;
    }
    /// The other side of a many-to-one that the other struct calls `inverse`.
    template <class M> Mapper &oneToMany(std::string name, M T::*member, std::string inverse, Cascade cascade = {})
    {
        relation<M>(Relation::Kind::OneToMany, std::move(name), detail::manyAccess(member), cascade).inverseName =
            std::move(inverse);
        return *this;
    }
    /// The same where there is one at most.
    template <class M> Mapper &oneToOne(std::string name, M T::*member, std::string inverse, Cascade cascade = {})
    {
        relation<M>(Relation::Kind::OneToOne, std::move(name), detail::oneAccess(member), cascade).inverseName =
            std::move(inverse);
        return *this;
    }
    /// By rows of an association table, which needs no struct. Both sides may be mapped; they are kept in step.
    template <class M>
    Mapper &manyToMany(std::string name, M T::*member, TablePtr association, std::vector<std::string> columns,
                       std::vector<std::string> others, Cascade cascade = {})
    {
        Relation &made = relation<M>(Relation::Kind::ManyToMany, std::move(name), detail::manyAccess(member), cascade);
        made.association = std::move(association);
        made.columns = std::move(columns);
        made.others = std::move(others);
        return *this;
    }
    /// The relationship said last is read and never written, such as a way across an association with data of its own.
    Mapper &viewOnly()
    {
        entity_.relations.back().isViewOnly = true;
        return *this;
    }
    /// When the relationship said last is loaded. Lazy is what Lazy and LazyList members do by themselves.
    Mapper &loading(Loading when)
    {
        entity_.relations.back().loading = when;
        return *this;
    }

    // Events: called with the object.

    template <class F> Mapper &beforeInsert(F f) { return on(entity_.beforeInsert, std::move(f)); }
    template <class F> Mapper &afterInsert(F f) { return on(entity_.afterInsert, std::move(f)); }
    template <class F> Mapper &beforeUpdate(F f) { return on(entity_.beforeUpdate, std::move(f)); }
    template <class F> Mapper &afterUpdate(F f) { return on(entity_.afterUpdate, std::move(f)); }
    template <class F> Mapper &beforeDelete(F f) { return on(entity_.beforeDelete, std::move(f)); }
    template <class F> Mapper &afterDelete(F f) { return on(entity_.afterDelete, std::move(f)); }
    template <class F> Mapper &afterLoad(F f) { return on(entity_.afterLoad, std::move(f)); }

private:
    template <class M>
    Relation &relation(Relation::Kind kind, std::string name, std::shared_ptr<const RelationAccess> access,
                       Cascade cascade)
    {
        Relation made;
        made.kind = kind;
        made.name = std::move(name);
        made.target = typeid(typename detail::Target<M>::Type);
        made.cascade = cascade;
        made.loading = access->isLazy() ? Loading::Lazy : Loading::OnRequest;
        made.access = std::move(access);
        return entity_.relations.emplace_back(std::move(made));
    }
    template <class F> Mapper &on(EntityMap::Events &list, F f)
    {
        list.push_back([f = std::move(f)](void *object) { f(*static_cast<T *>(object)); });
        return *this;
    }

    EntityMap &entity_;
    FieldMapper<T> fields_;
};

class AutoRecord;

/// The mapped structs of a program. Built once, then only read; may be shared by sessions on any thread.
class Mappings
{
public:
    explicit Mappings(MetaData metadata) : metadata_(std::move(metadata)) {}
    Mappings(Mappings &&other) noexcept
        : metadata_(std::move(other.metadata_)), entities_(std::move(other.entities_)),
          records_(std::move(other.records_)), order_(std::move(other.order_)), added_(std::move(other.added_))
    {}

    /// Throws Error(NotFound) when there is no such table.
    template <class T> Mapper<T> map(const QualifiedName &table) { return Mapper<T>(made<T>(table)); }
    template <class T> Mapper<T> map(std::string table) { return map<T>(QualifiedName{"", std::move(table)}); }

    /// T derives from Base, which is mapped already with polymorphic(): the rows whose discriminator is `value`.
    /// Without a table its columns stand in that of the base (single-table inheritance); with one in a table of its
    /// own, whose `keyColumns` refer to the base's key (joined). Says only what T has beyond its base. Throws
    /// Error(Misuse) when the base is not T's first, or not mapped.
    template <class T, class Base>
    Mapper<T> derive(Value value, std::string table = {}, std::vector<std::string> keyColumns = {})
    {
        static_assert(std::is_base_of_v<Base, T>);
        alignas(T) static const char place[sizeof(T)] = {};
        const T *const object = reinterpret_cast<const T *>(place);
        if (static_cast<const void *>(static_cast<const Base *>(object)) != static_cast<const void *>(place))
            throw Error(ErrorKind::Misuse, "a mapped struct derives from its mapped base not first");
        const EntityMap &base = of<Base>();
        const bool isJoined = !table.empty();
        EntityMap &entity = made<T>(isJoined ? QualifiedName{"", std::move(table)} : base.table()->name);
        entity.base = &base;
        entity.discriminatorValue = std::move(value);
        if (isJoined)
            entity.parts.front().keyColumns = std::move(keyColumns);
        else
            entity.parts.clear();
        return Mapper<T>(entity);
    }

    /// Maps all tables that have a key without structs, by the names of automap(): see AutoRecord. Throws
    /// Error(Misuse) when that was done before.
    void automap(const EntityMappings &names = {});
    /// A new record of one, by the name of its class or of its table. Throws Error(NotFound).
    std::shared_ptr<AutoRecord> make(std::string_view name) const;
    const EntityMap &record(std::string_view name) const;

    template <class T> const EntityMap &of() const { return of(typeid(T)); }
    /// Throws Error(Misuse) for a struct that is not mapped.
    const EntityMap &of(std::type_index type) const;
    /// Of `type` where a struct of it is mapped, else `otherwise`.
    const EntityMap &of(std::type_index type, const EntityMap &otherwise) const;
    const MetaData &metadata() const noexcept { return metadata_; }
    /// The column of a member, for conditions and orders. Throws Error(NotFound).
    template <class T, class M> Expr column(M T::*member) const
    {
        return columnOf(of<T>(), of<T>().fieldOf(member));
    }
    /// A column of what a relationship leads to, by the relationship's name; see ObjectSession::joined().
    static Expr joined(const EntityMap &entity, std::string_view relation, std::string_view column)
    {
        return entity.relations[entity.relationNamed(relation)].again[column];
    }
    /// The map of each struct, those whose tables are referred to first.
    const std::vector<const EntityMap *> &sorted() const { return order_; }
    /// Looks at what was said, gives derived structs what their bases have and pairs the two sides of relationships.
    /// Called by sessions. Throws Error(Misuse) for columns that the table lacks, a key that is none, a side without
    /// the other.
    void check();

private:
    template <class T> EntityMap &made(const QualifiedName &table)
    {
        EntityMap &entity = add(typeid(T), table);
        entity.make = [] { return std::make_shared<T>(); };
        return entity;
    }
    EntityMap &add(std::type_index type, const QualifiedName &table);
    static Expr columnOf(const EntityMap &entity, const MappedField &field);
    void inherit(EntityMap &entity);
    void checkFields(const EntityMap &entity) const;
    const EntityMap &targetOf(const Relation &relation) const;
    void pair(EntityMap &entity, Relation &relation) const;
    template <class Use> void forEach(Use use) const
    {
        for (const auto &[type, entity] : entities_)
            use(*entity);
        for (const auto &entity : records_)
            use(*entity);
    }
    void sort();

    MetaData metadata_;
    std::map<std::type_index, std::unique_ptr<EntityMap>> entities_;
    std::vector<std::unique_ptr<EntityMap>> records_; ///< those of automap()
    std::vector<const EntityMap *> order_;            ///< once checked
    std::vector<EntityMap *> added_;                  ///< and not checked yet, bases first
    std::mutex checking_;
};

} // namespace schemawright
