#pragma once

#include "schemawright/orm/mapping.h"
#include "schemawright/orm/member_value.h"

#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace schemawright {

namespace detail {

template <class T, class M> class MemberAccess final : public FieldAccess
{
public:
    explicit MemberAccess(M T::*member) : member_(member) {}
    Value get(const void *object) const override
    {
        return MemberValue<M>::to(static_cast<const T *>(object)->*member_);
    }
    void set(void *object, const Value &value) const override
    {
        static_cast<T *>(object)->*member_ = MemberValue<M>::from(value);
    }

private:
    M T::*member_;
};

template <class T, class M, class To, class From> class ConvertedAccess final : public FieldAccess
{
public:
    ConvertedAccess(M T::*member, To to, From from) : member_(member), to_(std::move(to)), from_(std::move(from)) {}
    Value get(const void *object) const override { return to_(static_cast<const T *>(object)->*member_); }
    void set(void *object, const Value &value) const override { static_cast<T *>(object)->*member_ = from_(value); }

private:
    M T::*member_;
    To to_;
    From from_;
};

/// A field of a struct that is a member of the mapped one.
template <class T, class E> class EmbeddedAccess final : public FieldAccess
{
public:
    EmbeddedAccess(E T::*part, std::shared_ptr<const FieldAccess> inner) : part_(part), inner_(std::move(inner)) {}
    Value get(const void *object) const override { return inner_->get(&(static_cast<const T *>(object)->*part_)); }
    void set(void *object, const Value &value) const override
    {
        inner_->set(&(static_cast<T *>(object)->*part_), value);
    }

private:
    E T::*part_;
    std::shared_ptr<const FieldAccess> inner_;
};

template <class P> std::vector<std::shared_ptr<void>> related(const std::shared_ptr<P> &one)
{
    return one ? std::vector<std::shared_ptr<void>>{one} : std::vector<std::shared_ptr<void>>();
}
template <class P> std::vector<std::shared_ptr<void>> related(const std::vector<std::shared_ptr<P>> &many)
{
    return {many.begin(), many.end()};
}
template <class P> void relate(std::shared_ptr<P> &one, std::vector<std::shared_ptr<void>> objects)
{
    one = objects.empty() ? nullptr : std::static_pointer_cast<P>(objects.front());
}
template <class P> void relate(std::vector<std::shared_ptr<P>> &many, std::vector<std::shared_ptr<void>> objects)
{
    many.clear();
    for (auto &object : objects)
        many.push_back(std::static_pointer_cast<P>(std::move(object)));
}

} // namespace detail

/// Collects the fields of a struct, or of a part of one.
template <class T> class FieldMapper
{
public:
    explicit FieldMapper(std::vector<MappedField> &fields) : fields_(fields) {}

    template <class M> FieldMapper &field(std::string column, M T::*member)
    {
        fields_.push_back({std::move(column), std::make_shared<detail::MemberAccess<T, M>>(member), nullptr});
        return *this;
    }
    /// With conversions of its own: Value to(const M &), M from(const Value &).
    template <class M, class To, class From> FieldMapper &field(std::string column, M T::*member, To to, From from)
    {
        fields_.push_back(
            {std::move(column),
             std::make_shared<detail::ConvertedAccess<T, M, To, From>>(member, std::move(to), std::move(from)),
             nullptr});
        return *this;
    }
    /// An enum by the names of its values. Throws Error(Conversion) for a name that is not among them.
    template <class M> FieldMapper &enumeration(std::string column, M T::*member, std::map<M, std::string> names)
    {
        auto to = [names](const M &value) { return Value(names.at(value)); };
        auto from = [names, column](const Value &value) {
            for (const auto &[each, name] : names)
                if (value.text() == name)
                    return each;
            throw Error(ErrorKind::Conversion, "'" + value.text() + "' is no value of the column " + column);
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
                {prefix + each.column, std::make_shared<detail::EmbeddedAccess<T, E>>(part, each.access), nullptr});
        return *this;
    }

private:
    std::vector<MappedField> &fields_;
};

/// Says how a struct stands in a table: which member is which column, and what it is related to. The struct needs no
/// base class and no macro, only to be default-constructible; related objects are members of type
/// std::shared_ptr<Other> or std::vector<std::shared_ptr<Other>>.
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
    template <class M> Mapper &enumeration(std::string column, M T::*member, std::map<M, std::string> names)
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

    /// Columns of this table refer to the other's primary key. They need no members of their own.
    template <class P>
    Mapper &manyToOne(std::string name, std::shared_ptr<P> T::*member, std::vector<std::string> columns,
                      Cascade cascade = {})
    {
        Relation made = relation<P>(Relation::Kind::ManyToOne, std::move(name), member, cascade);
        made.columns = std::move(columns);
        entity_.relations.push_back(std::move(made));
        return *this;
    }
    /// The other side of a many-to-one that the other struct calls `inverse`.
    template <class P>
    Mapper &oneToMany(std::string name, std::vector<std::shared_ptr<P>> T::*member, std::string inverse,
                      Cascade cascade = {})
    {
        Relation made = relation<P>(Relation::Kind::OneToMany, std::move(name), member, cascade);
        made.inverseName = std::move(inverse);
        entity_.relations.push_back(std::move(made));
        return *this;
    }
    /// The same where there is one at most.
    template <class P>
    Mapper &oneToOne(std::string name, std::shared_ptr<P> T::*member, std::string inverse, Cascade cascade = {})
    {
        Relation made = relation<P>(Relation::Kind::OneToOne, std::move(name), member, cascade);
        made.inverseName = std::move(inverse);
        entity_.relations.push_back(std::move(made));
        return *this;
    }
    /// By rows of an association table, which needs no struct.
    template <class P>
    Mapper &manyToMany(std::string name, std::vector<std::shared_ptr<P>> T::*member, TablePtr association,
                       std::vector<std::string> columns, std::vector<std::string> others)
    {
        Relation made = relation<P>(Relation::Kind::ManyToMany, std::move(name), member, {});
        made.association = std::move(association);
        made.columns = std::move(columns);
        made.others = std::move(others);
        entity_.relations.push_back(std::move(made));
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
    template <class P, class Member>
    static Relation relation(Relation::Kind kind, std::string name, Member T::*member, Cascade cascade)
    {
        Relation made;
        made.kind = kind;
        made.name = std::move(name);
        made.target = typeid(P);
        made.cascade = cascade;
        made.get = [member](const void *owner) { return detail::related(static_cast<const T *>(owner)->*member); };
        made.set = [member](void *owner, std::vector<std::shared_ptr<void>> objects) {
            detail::relate(static_cast<T *>(owner)->*member, std::move(objects));
        };
        return made;
    }
    template <class F> Mapper &on(std::vector<std::function<void(void *)>> &list, F f)
    {
        list.push_back([f = std::move(f)](void *object) { f(*static_cast<T *>(object)); });
        return *this;
    }

    EntityMap &entity_;
    FieldMapper<T> fields_;
};

/// The mapped structs of a program. Built once, then only read; may be shared by sessions on any thread.
class Mappings
{
public:
    explicit Mappings(MetaData metadata) : metadata_(std::move(metadata)) {}

    /// Throws Error(NotFound) when there is no such table.
    template <class T> Mapper<T> map(const QualifiedName &table)
    {
        EntityMap &entity = add(typeid(T), table);
        entity.make = [] { return std::make_shared<T>(); };
        return Mapper<T>(entity);
    }
    template <class T> Mapper<T> map(std::string table) { return map<T>(QualifiedName{"", std::move(table)}); }

    template <class T> const EntityMap &of() const { return of(typeid(T)); }
    /// Throws Error(Misuse) for a struct that is not mapped.
    const EntityMap &of(std::type_index type) const;
    const MetaData &metadata() const noexcept { return metadata_; }
    /// The map of each table, referenced ones first.
    std::vector<const EntityMap *> sorted() const;
    /// Looks at what was said and pairs the two sides of relationships. Called by sessions. Throws Error(Misuse) for
    /// columns that the table lacks, a key that is none, a side without the other.
    void check();

private:
    EntityMap &add(std::type_index type, const QualifiedName &table);
    MetaData metadata_;
    std::map<std::type_index, std::unique_ptr<EntityMap>> entities_;
};

} // namespace schemawright
