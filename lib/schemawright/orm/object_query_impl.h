#pragma once

// The bodies of ObjectQuery, which need the session whole. Included by object_session.h.

namespace schemawright {

template <class T> std::vector<std::shared_ptr<T>> ObjectQuery<T>::all()
{
    return detail::listOf<T>(session_.queryObjects(entity_, parts_));
}

template <class T> std::shared_ptr<T> ObjectQuery<T>::first()
{
    detail::QueryParts one = parts_;
    one.limit = 1;
    const auto found = detail::listOf<T>(session_.queryObjects(entity_, one));
    return found.empty() ? nullptr : found.front();
}

template <class T> std::shared_ptr<T> ObjectQuery<T>::one()
{
    const auto found = all();
    if (found.empty())
        throw Error(ErrorKind::NotFound, "no row of " + entity_.name + " matches");
    if (found.size() > 1)
        throw Error(ErrorKind::Conflict, "more than one row of " + entity_.name + " matches");
    return found.front();
}

template <class T> std::int64_t ObjectQuery<T>::count() { return session_.countObjects(entity_, parts_); }

} // namespace schemawright
