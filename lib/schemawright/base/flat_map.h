#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <utility>
#include <vector>

namespace schemawright {

/// A map of few entries in one sorted vector: one allocation for all of them, and walked in the order of the keys.
///
/// Offers what std::map does for lookups and edits, with two differences: inserting or erasing moves the entries
/// behind, in O(n), and with it invalidates pointers and iterators into the map. Keys are compared by `<` and may be
/// looked up by anything that compares with them. Not for thousands of entries.
template <class Key, class T> class FlatMap
{
public:
    using key_type = Key;
    using mapped_type = T;
    using value_type = std::pair<Key, T>;
    using iterator = typename std::vector<value_type>::iterator;
    using const_iterator = typename std::vector<value_type>::const_iterator;

    FlatMap() = default;
    FlatMap(std::initializer_list<value_type> entries) { insert(entries.begin(), entries.end()); }

    iterator begin() noexcept { return entries_.begin(); }
    iterator end() noexcept { return entries_.end(); }
    const_iterator begin() const noexcept { return entries_.begin(); }
    const_iterator end() const noexcept { return entries_.end(); }
    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    void clear() noexcept { entries_.clear(); }
    void reserve(std::size_t count) { entries_.reserve(count); }

    template <class K> iterator find(const K &key)
    {
        const iterator at = place(entries_, key);
        return at != end() && !(key < at->first) ? at : end();
    }
    template <class K> const_iterator find(const K &key) const
    {
        const const_iterator at = place(entries_, key);
        return at != end() && !(key < at->first) ? at : end();
    }
    template <class K> bool contains(const K &key) const { return find(key) != end(); }
    /// Throws std::out_of_range when it is not there.
    template <class K> const T &at(const K &key) const
    {
        const const_iterator found = find(key);
        if (found == end())
            throw std::out_of_range("there is no such key");
        return found->second;
    }
    template <class K> T &at(const K &key) { return const_cast<T &>(std::as_const(*this).at(key)); }
    /// An entry that is not there yet is made.
    template <class K> T &operator[](const K &key) { return try_emplace(key).first->second; }

    /// Makes an entry unless there is one; true when it was made.
    template <class K, class... Arguments> std::pair<iterator, bool> try_emplace(const K &key, Arguments &&...arguments)
    {
        // Mostly they come in order.
        const iterator at = !entries_.empty() && entries_.back().first < key ? end() : place(entries_, key);
        if (at != end() && !(key < at->first))
            return {at, false};
        return {entries_.emplace(at, Key(key), T(std::forward<Arguments>(arguments)...)), true};
    }
    template <class K, class V> std::pair<iterator, bool> emplace(const K &key, V &&value)
    {
        return try_emplace(key, std::forward<V>(value));
    }
    template <class K, class V> void insert_or_assign(const K &key, V &&value)
    {
        const auto [at, isNew] = try_emplace(key);
        at->second = std::forward<V>(value);
    }
    /// Those whose key is there already are left out.
    template <class Iterator> void insert(Iterator first, Iterator last)
    {
        if (entries_.empty())
            entries_.reserve(static_cast<std::size_t>(std::distance(first, last)));
        for (; first != last; ++first)
            try_emplace(first->first, first->second);
    }
    template <class K> std::size_t erase(const K &key)
    {
        const iterator at = find(key);
        if (at == end())
            return 0;
        entries_.erase(at);
        return 1;
    }
    template <class Predicate> std::size_t eraseIf(Predicate predicate) { return std::erase_if(entries_, predicate); }

    friend bool operator==(const FlatMap &a, const FlatMap &b) { return a.entries_ == b.entries_; }

private:
    template <class Entries, class K> static auto place(Entries &entries, const K &key)
    {
        return std::lower_bound(entries.begin(), entries.end(), key,
                                [](const value_type &entry, const K &wanted) { return entry.first < wanted; });
    }

    std::vector<value_type> entries_;
};

} // namespace schemawright
