#pragma once

// How the mapper reaches members: columns and related objects, without their types.

#include "schemawright/orm/lazy.h"
#include "schemawright/orm/mapping.h"
#include "schemawright/orm/member_value.h"

namespace schemawright::detail {

/// Members of the types that rows mostly have go to cells and back without a Value between.
template <class M> struct MemberCell
{
    static constexpr bool isDirect = false;
};

template <std::integral M>
requires(!std::same_as<M, bool>) struct MemberCell<M>
{
    static constexpr bool isDirect = true;
    static constexpr auto storage = RowBatch::Storage::Integer;
    static bool read(M &member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        const std::int64_t number = rows.integer(row, column);
        if (!std::in_range<M>(number))
            return false;
        member = static_cast<M>(number);
        return true;
    }
    static void append(M member, RowBatch &rows)
    {
        rows.addInteger(MemberValue<M>::to(member).template get<std::int64_t>());
    }
    static bool equals(M member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        return std::cmp_equal(member, rows.integer(row, column));
    }
};
template <> inline void MemberCell<std::int64_t>::append(std::int64_t member, RowBatch &rows)
{
    rows.addInteger(member);
}

template <std::floating_point M> struct MemberCell<M>
{
    static constexpr bool isDirect = true;
    static constexpr auto storage = RowBatch::Storage::Float;
    static bool read(M &member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        member = static_cast<M>(rows.number(row, column));
        return true;
    }
    static void append(M member, RowBatch &rows) { rows.addFloat(static_cast<double>(member)); }
    static bool equals(M member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        return Value(static_cast<double>(member)) ==
               Value(static_cast<double>(static_cast<M>(rows.number(row, column))));
    }
};

template <> struct MemberCell<std::string>
{
    static constexpr bool isDirect = true;
    static constexpr auto storage = RowBatch::Storage::Text;
    static bool read(std::string &member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        member = rows.bytes(row, column);
        return true;
    }
    static void append(const std::string &member, RowBatch &rows)
    {
        rows.addBytes(storage, member.data(), member.size());
    }
    static bool equals(const std::string &member, const RowBatch &rows, std::size_t row, std::size_t column)
    {
        return member == rows.bytes(row, column);
    }
};

template <class M> struct Optional : std::false_type
{
    using Held = M;
};
template <class M> struct Optional<std::optional<M>> : std::true_type
{
    using Held = M;
};

template <class M> Value valueOf(const M &member) { return MemberValue<M>::to(member); }

template <class M> void readCell(M &member, const RowBatch &rows, std::size_t row, std::size_t column)
{
    using Held = typename Optional<M>::Held;
    if constexpr (MemberCell<Held>::isDirect) {
        if (rows.storage(row, column) == MemberCell<Held>::storage) {
            if constexpr (Optional<M>::value) {
                if (MemberCell<Held>::read(member.emplace(), rows, row, column))
                    return;
            } else if (MemberCell<Held>::read(member, rows, row, column))
                return;
        }
    }
    member = MemberValue<M>::from(rows.value(row, column));
}

template <class M> void appendCell(const M &member, RowBatch &rows)
{
    if constexpr (Optional<M>::value) {
        if (member)
            appendCell(*member, rows);
        else
            rows.addNull();
    } else if constexpr (MemberCell<M>::isDirect)
        MemberCell<M>::append(member, rows);
    else
        rows.addValue(valueOf(member));
}

template <class M> bool equalsCell(const M &member, const RowBatch &rows, std::size_t row, std::size_t column)
{
    using Held = typename Optional<M>::Held;
    if constexpr (MemberCell<Held>::isDirect) {
        const RowBatch::Storage storage = rows.storage(row, column);
        if constexpr (Optional<M>::value) {
            if (!member || storage == RowBatch::Storage::Null)
                return !member && storage == RowBatch::Storage::Null;
            if (storage == MemberCell<Held>::storage)
                return MemberCell<Held>::equals(*member, rows, row, column);
        } else if (storage == MemberCell<M>::storage)
            return MemberCell<M>::equals(member, rows, row, column);
    }
    return valueOf(member) == valueOf(MemberValue<M>::from(rows.value(row, column)));
}

template <class T, class M> class MemberAccess final : public FieldAccess
{
public:
    explicit MemberAccess(M T::*member) : member_(member) {}
    Value get(const void *object) const override { return valueOf(of(object)); }
    void set(void *object, const Value &value) const override
    {
        static_cast<T *>(object)->*member_ = MemberValue<M>::from(value);
    }
    Value normal(const Value &value) const override { return valueOf(MemberValue<M>::from(value)); }
    void read(void *object, const RowBatch &rows, std::size_t row, std::size_t column) const override
    {
        readCell(static_cast<T *>(object)->*member_, rows, row, column);
    }
    void append(const void *object, RowBatch &rows) const override { appendCell(of(object), rows); }
    bool equals(const void *object, const RowBatch &rows, std::size_t row, std::size_t column) const override
    {
        return equalsCell(of(object), rows, row, column);
    }
    bool isUnset(const void *object) const override
    {
        if constexpr (std::integral<M>)
            return of(object) == 0;
        else
            return FieldAccess::isUnset(object);
    }
    bool isInteger() const override { return std::integral<M> && !std::same_as<M, bool>; }
    Value unset() const override
    {
        return std::same_as<M, std::string> ? Value("") : FieldAccess::unset();
    }
    bool isMember(const std::type_info &type, const void *member) const override
    {
        return type == typeid(member_) && *static_cast<M T::*const *>(member) == member_;
    }

private:
    const M &of(const void *object) const { return static_cast<const T *>(object)->*member_; }
    M T::*member_;
};

template <class T, class M, class To, class From> class ConvertedAccess final : public FieldAccess
{
public:
    ConvertedAccess(M T::*member, To to, From from) : member_(member), to_(std::move(to)), from_(std::move(from)) {}
    Value get(const void *object) const override { return to_(static_cast<const T *>(object)->*member_); }
    void set(void *object, const Value &value) const override { static_cast<T *>(object)->*member_ = from_(value); }
    Value normal(const Value &value) const override { return to_(from_(value)); }
    bool isMember(const std::type_info &type, const void *member) const override
    {
        return type == typeid(member_) && *static_cast<M T::*const *>(member) == member_;
    }

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
    Value get(const void *object) const override { return inner_->get(of(object)); }
    void set(void *object, const Value &value) const override { inner_->set(of(object), value); }
    Value normal(const Value &value) const override { return inner_->normal(value); }
    void read(void *object, const RowBatch &rows, std::size_t row, std::size_t column) const override
    {
        inner_->read(of(object), rows, row, column);
    }
    void append(const void *object, RowBatch &rows) const override { inner_->append(of(object), rows); }
    bool equals(const void *object, const RowBatch &rows, std::size_t row, std::size_t column) const override
    {
        return inner_->equals(of(object), rows, row, column);
    }
    bool isInteger() const override { return inner_->isInteger(); }

private:
    const void *of(const void *object) const { return &(static_cast<const T *>(object)->*part_); }
    void *of(void *object) const { return &(static_cast<T *>(object)->*part_); }
    E T::*part_;
    std::shared_ptr<const FieldAccess> inner_;
};

template <class T, class M> class DeferredAccess final : public FieldAccess
{
public:
    explicit DeferredAccess(Deferred<M> T::*member) : member_(member) {}
    Value get(const void *object) const override { return valueOf(of(object).get()); }
    void set(void *object, const Value &value) const override
    {
        static_cast<T *>(object)->*member_ = MemberValue<M>::from(value);
    }
    Value normal(const Value &value) const override { return valueOf(MemberValue<M>::from(value)); }
    bool isMember(const std::type_info &type, const void *member) const override
    {
        return type == typeid(member_) && *static_cast<Deferred<M> T::*const *>(member) == member_;
    }
    bool isDeferred() const override { return true; }
    bool isLoaded(const void *object) const override { return of(object).isLoaded(); }
    void attach(void *object, const std::shared_ptr<LazySlot> &slot) const override
    {
        (static_cast<T *>(object)->*member_).link().attach(slot, object, 0, true);
    }

private:
    const Deferred<M> &of(const void *object) const { return static_cast<const T *>(object)->*member_; }
    Deferred<M> T::*member_;
};

/// The type of an object, as far as it can tell.
template <class P> std::type_index typeOf(const P *object)
{
    if constexpr (std::is_polymorphic_v<P>)
        if (object)
            return typeid(*object);
    return typeid(P);
}

template <class T, class P> class OneAccess final : public RelationAccess
{
public:
    explicit OneAccess(std::shared_ptr<P> T::*member) : member_(member) {}
    std::size_t size(const void *owner) const override { return of(owner) ? 1 : 0; }
    const void *at(const void *owner, std::size_t) const override { return of(owner).get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t) const override { return of(owner); }
    std::type_index typeAt(const void *owner, std::size_t) const override { return typeOf(of(owner).get()); }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        static_cast<T *>(owner)->*member_ =
            objects.empty() ? nullptr : std::static_pointer_cast<P>(std::move(objects.front()));
    }

private:
    const std::shared_ptr<P> &of(const void *owner) const { return static_cast<const T *>(owner)->*member_; }
    std::shared_ptr<P> T::*member_;
};

/// A weak pointer, as a child has to its owner where both refer to each other.
template <class T, class P> class WeakAccess final : public RelationAccess
{
public:
    explicit WeakAccess(std::weak_ptr<P> T::*member) : member_(member) {}
    std::size_t size(const void *owner) const override { return of(owner).expired() ? 0 : 1; }
    const void *at(const void *owner, std::size_t) const override { return of(owner).lock().get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t) const override { return of(owner).lock(); }
    std::type_index typeAt(const void *owner, std::size_t) const override { return typeOf(of(owner).lock().get()); }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        (static_cast<T *>(owner)->*member_) =
            objects.empty() ? std::weak_ptr<P>() : std::static_pointer_cast<P>(std::move(objects.front()));
    }
    bool isKnown(const void *owner) const override
    {
        const std::weak_ptr<P> none;
        const std::weak_ptr<P> &held = of(owner);
        const bool isNull = !held.owner_before(none) && !none.owner_before(held);
        return isNull || !held.expired();
    }

private:
    const std::weak_ptr<P> &of(const void *owner) const { return static_cast<const T *>(owner)->*member_; }
    std::weak_ptr<P> T::*member_;
};

template <class P> std::vector<std::shared_ptr<P>> listOf(std::vector<std::shared_ptr<void>> objects)
{
    std::vector<std::shared_ptr<P>> list;
    list.reserve(objects.size());
    for (std::shared_ptr<void> &object : objects)
        list.push_back(std::static_pointer_cast<P>(std::move(object)));
    return list;
}

template <class T, class P> class ManyAccess final : public RelationAccess
{
public:
    explicit ManyAccess(std::vector<std::shared_ptr<P>> T::*member) : member_(member) {}
    std::size_t size(const void *owner) const override { return of(owner).size(); }
    const void *at(const void *owner, std::size_t index) const override { return of(owner)[index].get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t index) const override { return of(owner)[index]; }
    std::type_index typeAt(const void *owner, std::size_t index) const override
    {
        return typeOf(of(owner)[index].get());
    }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        static_cast<T *>(owner)->*member_ = listOf<P>(std::move(objects));
    }

private:
    const std::vector<std::shared_ptr<P>> &of(const void *owner) const
    {
        return static_cast<const T *>(owner)->*member_;
    }
    std::vector<std::shared_ptr<P>> T::*member_;
};

template <class T, class P> class LazyAccess final : public RelationAccess
{
public:
    explicit LazyAccess(Lazy<P> T::*member) : member_(member) {}
    std::size_t size(const void *owner) const override { return isKnown(owner) && of(owner).get() ? 1 : 0; }
    const void *at(const void *owner, std::size_t) const override { return of(owner).get().get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t) const override { return of(owner).get(); }
    std::type_index typeAt(const void *owner, std::size_t) const override { return typeOf(of(owner).get().get()); }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        static_cast<T *>(owner)->*member_ =
            objects.empty() ? nullptr : std::static_pointer_cast<P>(std::move(objects.front()));
    }
    bool isKnown(const void *owner) const override { return of(owner).isLoaded(); }
    bool isLazy() const override { return true; }
    void attach(void *owner, const std::shared_ptr<LazySlot> &slot, std::size_t relation, bool mayLoad) const override
    {
        (static_cast<T *>(owner)->*member_).link().attach(slot, owner, relation, mayLoad);
    }

private:
    const Lazy<P> &of(const void *owner) const { return static_cast<const T *>(owner)->*member_; }
    Lazy<P> T::*member_;
};

template <class T, class P> class LazyListAccess final : public RelationAccess
{
public:
    explicit LazyListAccess(LazyList<P> T::*member) : member_(member) {}
    std::size_t size(const void *owner) const override { return isKnown(owner) ? of(owner).get().size() : 0; }
    const void *at(const void *owner, std::size_t index) const override { return of(owner).get()[index].get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t index) const override { return of(owner).get()[index]; }
    std::type_index typeAt(const void *owner, std::size_t index) const override
    {
        return typeOf(of(owner).get()[index].get());
    }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        static_cast<T *>(owner)->*member_ = listOf<P>(std::move(objects));
    }
    bool isKnown(const void *owner) const override { return of(owner).isLoaded(); }
    bool isLazy() const override { return true; }
    void attach(void *owner, const std::shared_ptr<LazySlot> &slot, std::size_t relation, bool mayLoad) const override
    {
        (static_cast<T *>(owner)->*member_).link().attach(slot, owner, relation, mayLoad);
    }

private:
    const LazyList<P> &of(const void *owner) const { return static_cast<const T *>(owner)->*member_; }
    LazyList<P> T::*member_;
};

// The access of a member, by its type.

template <class T, class M> std::shared_ptr<const FieldAccess> fieldAccess(M T::*member)
{
    return std::make_shared<MemberAccess<T, M>>(member);
}
template <class T, class M> std::shared_ptr<const FieldAccess> fieldAccess(Deferred<M> T::*member)
{
    return std::make_shared<DeferredAccess<T, M>>(member);
}
template <class T, class P> std::shared_ptr<const RelationAccess> oneAccess(std::shared_ptr<P> T::*member)
{
    return std::make_shared<OneAccess<T, P>>(member);
}
template <class T, class P> std::shared_ptr<const RelationAccess> oneAccess(std::weak_ptr<P> T::*member)
{
    return std::make_shared<WeakAccess<T, P>>(member);
}
template <class T, class P> std::shared_ptr<const RelationAccess> oneAccess(Lazy<P> T::*member)
{
    return std::make_shared<LazyAccess<T, P>>(member);
}
template <class T, class P> std::shared_ptr<const RelationAccess> manyAccess(std::vector<std::shared_ptr<P>> T::*member)
{
    return std::make_shared<ManyAccess<T, P>>(member);
}
template <class T, class P> std::shared_ptr<const RelationAccess> manyAccess(LazyList<P> T::*member)
{
    return std::make_shared<LazyListAccess<T, P>>(member);
}

/// The struct that a relationship's member refers to.
template <class M> struct Target;
template <class P> struct Target<std::shared_ptr<P>>
{
    using Type = P;
};
template <class P> struct Target<std::weak_ptr<P>>
{
    using Type = P;
};
template <class P> struct Target<std::vector<std::shared_ptr<P>>>
{
    using Type = P;
};
template <class P> struct Target<Lazy<P>>
{
    using Type = P;
};
template <class P> struct Target<LazyList<P>>
{
    using Type = P;
};

} // namespace schemawright::detail
