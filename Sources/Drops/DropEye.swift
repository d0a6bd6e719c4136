import Domain

/// Something that came or went under one name.
enum Change: Sendable {
    case seen(Sighting)
    case marked(MarkerSighting)
    case gone(RawName)
    case directoryGone(RawName)
}

/// How one kind of place is looked at. Used by one task at a time.
protocol DropEye: AnyObject {
    /// All that lies there; nil if the place itself is not there, which was said.
    func all() async throws(Fault) -> DropScan.Findings?
    /// What changed since the last call or the last look at all; nil if that is not known and all must be looked at.
    func changes() async throws(Fault) -> [Change]?
    /// What these are now.
    func look(again sightings: [Sighting]) async throws(Fault) -> [Change]
    /// Until something may have changed, or for that long; returns at once when cancelled.
    func wait(atMost time: Duration) async
    /// How long after a look at all the next one is due.
    var period: Duration { get }
}

/// Sentences for people, each said when it becomes true.
final class Notices {
    private let say: @Sendable (String) -> Void
    private var said: [String: String] = [:]

    init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

    /// What now holds about a subject; nil if there is nothing to say.
    func about(_ subject: String, _ text: String?) {
        if let text, said[subject] != text { say(text) }
        said[subject] = text
    }
}

/// Which sightings the caller has not dealt with yet.
final class KnownFilter {
    private let known: DropWatch.Known
    private let lifetime: Duration
    /// Keys that the caller knew, so that polling does not ask for 100,000 files every few seconds.
    private var confirmed: Set<DropKey> = []
    private var since = ContinuousClock.now

    init(known: @escaping DropWatch.Known, lifetime: Duration) {
        self.known = known
        self.lifetime = lifetime
    }

    func unknown(among sightings: [Sighting]) async throws(Fault) -> [Sighting] {
        if ContinuousClock.now - since > lifetime {
            confirmed = []
            since = .now
        }
        let asked = sightings.filter { !confirmed.contains($0.key) }
        for start in stride(from: 0, to: asked.count, by: Self.most) {
            let keys = asked[start..<min(start + Self.most, asked.count)].map(\.key)
            confirmed.formUnion(try await known(keys))
        }
        return asked.filter { !confirmed.contains($0.key) }
    }

    private static let most = 10_000
}

extension Duration {
    /// Seconds as somebody wrote them, from none to ten years; what is no number is none.
    static func bounded(_ seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        return .seconds(min(seconds, 10 * 366 * 24 * 3600))
    }
}
