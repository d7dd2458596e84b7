#pragma once

#include "schemawright/base/error.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace schemawright {

namespace detail {

/// The way from an object back to the session it came from; emptied when that ends.
struct LazySlot
{
    std::function<void(const void *owner, std::size_t relation)> loadRelation;
    std::function<void(const void *owner)> loadDeferred;
};

/// What an unloaded member keeps to load itself. A copy of the member belongs to no session.
class LazyLink
{
public:
    LazyLink() = default;
    LazyLink(const LazyLink &) noexcept {}
    LazyLink &operator=(const LazyLink &) noexcept
    {
        slot_.reset();
        return *this;
    }
    void attach(std::shared_ptr<LazySlot> slot, const void *owner, std::size_t relation, bool mayLoad)
    {
        slot_ = std::move(slot);
        owner_ = owner;
        relation_ = relation;
        mayLoad_ = mayLoad;
    }
    void detach() noexcept { slot_.reset(); }
    bool isAttached() const noexcept { return slot_ != nullptr; }
    void loadRelation() const
    {
        const std::shared_ptr<LazySlot> slot = slot_; // the member is set meanwhile, which detaches it
        if (!mayLoad_)
            throw Error(ErrorKind::Misuse, "a relationship is asked for that was not loaded, and may not be by asking")
                .withHint("Load it with ObjectSession::load() or the query's with().");
        if (!slot->loadRelation)
            throw ended();
        slot->loadRelation(owner_, relation_);
    }
    void loadDeferred() const
    {
        const std::shared_ptr<LazySlot> slot = slot_;
        if (!slot->loadDeferred)
            throw ended();
        slot->loadDeferred(owner_);
    }

private:
    static Error ended()
    {
        return Error(ErrorKind::Misuse, "an object is asked for what was not loaded, and its session has ended");
    }
    std::shared_ptr<LazySlot> slot_;
    const void *owner_ = nullptr;
    std::size_t relation_ = 0;
    bool mayLoad_ = true;
};

} // namespace detail

/// A member that refers to one related object and reads it when it is first asked for. Else like a shared_ptr.
///
/// Asking throws what the query throws; Error(Misuse) after its session has ended. A copy of the struct, and a new one,
/// loads nothing.
template <class P> class Lazy
{
public:
    Lazy() = default;
    Lazy(std::shared_ptr<P> object) : object_(std::move(object)) {}
    Lazy &operator=(std::shared_ptr<P> object)
    {
        object_ = std::move(object);
        link_.detach();
        return *this;
    }
    bool isLoaded() const noexcept { return !link_.isAttached(); }
    const std::shared_ptr<P> &get() const
    {
        if (link_.isAttached())
            link_.loadRelation();
        return object_;
    }
    P *operator->() const { return get().get(); }
    P &operator*() const { return *get(); }
    explicit operator bool() const { return get() != nullptr; }
    operator const std::shared_ptr<P> &() const { return get(); }
    friend bool operator==(const Lazy &a, const std::shared_ptr<P> &b) { return a.get() == b; }

    detail::LazyLink &link() noexcept { return link_; } ///< for the session

private:
    std::shared_ptr<P> object_;
    detail::LazyLink link_;
};

/// The same for many.
template <class P> class LazyList
{
public:
    using List = std::vector<std::shared_ptr<P>>;
    LazyList() = default;
    LazyList(List objects) : objects_(std::move(objects)) {}
    LazyList &operator=(List objects)
    {
        objects_ = std::move(objects);
        link_.detach();
        return *this;
    }
    bool isLoaded() const noexcept { return !link_.isAttached(); }
    const List &get() const
    {
        if (link_.isAttached())
            link_.loadRelation();
        return objects_;
    }
    /// To change it; loads it first.
    List &list()
    {
        get();
        return objects_;
    }
    void push_back(std::shared_ptr<P> object) { list().push_back(std::move(object)); }
    std::size_t size() const { return get().size(); }
    bool empty() const { return get().empty(); }
    auto begin() const { return get().begin(); }
    auto end() const { return get().end(); }
    const std::shared_ptr<P> &operator[](std::size_t index) const { return get()[index]; }

    detail::LazyLink &link() noexcept { return link_; } ///< for the session

private:
    List objects_;
    detail::LazyLink link_;
};

/// A column that is read when it is first asked for, such as a long text. All deferred columns of an object come at
/// once. Else like the value; asking throws as Lazy does.
template <class M> class Deferred
{
public:
    Deferred() = default;
    Deferred(M value) : value_(std::move(value)) {}
    Deferred &operator=(M value)
    {
        value_ = std::move(value);
        link_.detach();
        return *this;
    }
    bool isLoaded() const noexcept { return !link_.isAttached(); }
    const M &get() const
    {
        if (link_.isAttached())
            link_.loadDeferred();
        return value_;
    }
    operator const M &() const { return get(); }
    const M *operator->() const { return &get(); }
    friend bool operator==(const Deferred &a, const M &b) { return a.get() == b; }

    detail::LazyLink &link() noexcept { return link_; } ///< for the session

private:
    M value_{};
    detail::LazyLink link_;
};

} // namespace schemawright
