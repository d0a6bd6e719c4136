import Synchronization

/// Tells one listener that there may be work; many rings before it listens are one.
///
/// It only wakes: what there is to do is read from the store, so a ring that is lost costs time and nothing else.
package final class Bell: Sendable {
    private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

    package init() {}

    package func ring() { listener.withLock { _ = $0?.yield() } }

    /// Rings at once, because nobody knows what was missed; ends when the listening task is cancelled.
    package func rings() -> AsyncStream<Void> {
        let (stream, source) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        source.yield()
        listener.withLock { $0 = source }
        return stream
    }
}
