import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Service
import Storage

/// What is to be said outside: what waits, and what nobody tries to send any more.
enum OutboxRoutes {
    static let all: [Route] = [
        Route(
            .get, "/api/v1/posts", .token(.viewer),
            Manual(
                "listPosts", .outbox, "Messages that wait or were given up.",
                query: [.init(name: "state", shape: .oneOf(["pending", "abandoned"]), meaning: "Else pending.")],
                body: nil, answers: [.json(200, "Messages.", .object([.required("posts", .list(.ref("Post")))]))]),
            list),
        Route(
            .post, "/api/v1/posts/{post}/retry", .token(.admin),
            Manual(
                "retryPost", .outbox, "Tries again to send what was given up.", body: nil,
                answers: [.json(202, "It is due now.", .ref("Post"))]),
            retry),
    ]

    private static let most = 500

    static func list(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(["posts": try await posts(isAbandoned: exchange.query["state"] == "abandoned", site).map(PostView.init)])
    }

    static func posts(isAbandoned: Bool, _ site: Site) async throws -> [PostRecord] {
        let store = site.bot.engine.store
        return isAbandoned
            ? try await store.abandonedPosts(limit: most)
            : try await store.duePosts(now: .distantFuture, limit: most)
    }

    static func retry(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let id: Int64 = try exchange.part("post") { Int64($0) }
        return .json(PostView(try await retry(id, by: try exchange.known(), site)), .accepted)
    }

    static func retry(_ id: Int64, by caller: Caller, _ site: Site) async throws -> PostRecord {
        let store = site.bot.engine.store
        guard let post = try await store.post(id: id), post.isAbandoned else {
            throw Problem.notFound("there is no message \(id) that was given up")
        }
        let now = site.bot.engine.now()
        try await store.failed(
            post: id, trouble: "\(caller.user.name) asked to try again; before: \(post.trouble ?? "nothing")",
            notBefore: now, abandon: false, at: now)
        site.bot.bells.posts.ring()
        return try await store.post(key: post.post.key) ?? post
    }
}
