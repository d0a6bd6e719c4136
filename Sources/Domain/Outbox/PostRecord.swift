package import Foundation

/// A post, and what became of it so far.
package struct PostRecord: Codable, Equatable, Sendable {
    package var id: Int64
    package var post: Post
    /// Digest of `post.message` that was sent last; nil: none was.
    package var sent: Digest?
    /// What the forge calls what was made: a comment's id, a check's id, a pull request's number.
    package var remote: String?
    /// Attempts since the last success.
    package var attempts: Int
    /// Not before then.
    package var notBefore: Date
    /// What went wrong last; nil: nothing.
    package var trouble: String?
    /// True: nobody tries any more, because it can never succeed; `trouble` says why.
    package var isAbandoned: Bool

    package init(
        id: Int64, post: Post, sent: Digest?, remote: String?, attempts: Int, notBefore: Date, trouble: String?,
        isAbandoned: Bool
    ) {
        self.id = id
        self.post = post
        self.sent = sent
        self.remote = remote
        self.attempts = attempts
        self.notBefore = notBefore
        self.trouble = trouble
        self.isAbandoned = isAbandoned
    }
}
