#pragma once

// A bad network in front of a PostgreSQL server: what a COMMIT asks or answers can be lost on the way.

#include "schemawright/driver/driver.h"

#include <QTemporaryDir>

#include <atomic>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace schemawright::test {

/// Passes connections on to the server, byte by byte, until a COMMIT comes by. Listens on a socket in a folder of its
/// own; each connection has a thread.
class PostgresProxy
{
public:
    enum class AtCommit {
        Pass,
        LoseRequest, ///< the server never hears of it
        LoseAnswer   ///< the server commits, and nobody is told
    };

    explicit PostgresProxy(ConnectArguments server) : server_(std::move(server))
    {
        const sockaddr_un address = socketAddress(arguments());
        listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        if (::bind(listener_, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
            ::listen(listener_, 8) != 0)
            throw std::runtime_error("the proxy cannot listen");
        acceptor_ = std::jthread([this](const std::stop_token &stop) { accept(stop); });
    }
    PostgresProxy(const PostgresProxy &) = delete;
    ~PostgresProxy()
    {
        acceptor_.request_stop();
        acceptor_.join();
        for (std::jthread &each : relays_)
            each.request_stop();
        relays_.clear();
        ::close(listener_);
    }

    /// What happens at each COMMIT from now on.
    std::atomic<AtCommit> atCommit = AtCommit::Pass;
    /// New connections are closed at once.
    std::atomic<bool> refuses = false;
    /// Commits that were cut off.
    std::atomic<int> cut = 0;

    /// How to reach the server through here.
    ConnectArguments arguments() const
    {
        ConnectArguments own = server_;
        own.host = folder_.path().toStdString();
        own.port = 5432;
        return own;
    }

private:
    static sockaddr_un socketAddress(const ConnectArguments &arguments)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = arguments.host + "/.s.PGSQL." + std::to_string(arguments.port ? arguments.port : 5432);
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        return address;
    }

    int connectToServer() const
    {
        if (server_.host.starts_with('/')) {
            const sockaddr_un address = socketAddress(server_);
            const int made = ::socket(AF_UNIX, SOCK_STREAM, 0);
            ::connect(made, reinterpret_cast<const sockaddr *>(&address), sizeof address);
            return made;
        }
        addrinfo hints{}, *found = nullptr;
        hints.ai_socktype = SOCK_STREAM;
        if (::getaddrinfo(server_.host.c_str(), std::to_string(server_.port ? server_.port : 5432).c_str(), &hints,
                          &found) != 0)
            return -1;
        const int made = ::socket(found->ai_family, found->ai_socktype, found->ai_protocol);
        ::connect(made, found->ai_addr, found->ai_addrlen);
        ::freeaddrinfo(found);
        return made;
    }

    void accept(const std::stop_token &stop)
    {
        while (!stop.stop_requested()) {
            pollfd ready{listener_, POLLIN, 0};
            if (::poll(&ready, 1, 50) <= 0)
                continue;
            const int client = ::accept(listener_, nullptr, nullptr);
            if (client < 0)
                continue;
            if (refuses) {
                ::close(client);
                continue;
            }
            relays_.emplace_back([this, client](const std::stop_token &end) { relay(client, end); });
        }
    }

    static bool send(int to, std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void relay(int client, const std::stop_token &stop)
    {
        const int server = connectToServer();
        bool isLosing = false;
        char buffer[16384];
        while (!stop.stop_requested()) {
            pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
            if (::poll(ready, 2, 50) < 0)
                break;
            bool isOver = false;
            for (const bool fromClient : {true, false}) {
                if (isOver || !(ready[fromClient ? 0 : 1].revents & (POLLIN | POLLHUP | POLLERR)))
                    continue;
                const ssize_t count = ::recv(fromClient ? client : server, buffer, sizeof buffer, 0);
                const std::string_view bytes(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
                const AtCommit mode = atCommit;
                const bool isCommit = fromClient && bytes.find("COMMIT") != std::string_view::npos;
                const bool isCut = isLosing || (isCommit && mode == AtCommit::LoseRequest);
                isLosing = isCommit && mode == AtCommit::LoseAnswer;
                if (isCut)
                    ++cut;
                isOver = bytes.empty() || isCut || !send(fromClient ? server : client, bytes);
            }
            if (isOver)
                break;
        }
        ::close(server);
        ::close(client);
    }

    ConnectArguments server_;
    QTemporaryDir folder_;
    int listener_ = -1;
    std::vector<std::jthread> relays_; ///< the acceptor's, until it has ended
    std::jthread acceptor_;
};

} // namespace schemawright::test
