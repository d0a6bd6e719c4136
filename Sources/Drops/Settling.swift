import Domain

/// What is seen under one name.
struct Sighting: Sendable, Equatable {
    enum Thing: Sendable, Equatable {
        case file(DropFile)
        case refusal(DropRefusal)
    }

    let name: RawName
    let thing: Thing
    /// When it was last written, in nanoseconds of the clock that also dates the markers.
    let written: Int64

    var key: DropKey {
        switch thing {
        case .file(let file): file.key
        case .refusal(let refusal): refusal.key
        }
    }
}

/// A marker that is seen.
struct MarkerSighting: Sendable, Equatable {
    /// What it speaks for: the directory of a `_SUCCESS`, the file of a `.done`.
    let subject: RawName
    let kind: DropMarker
    /// When it was last written, as in `Sighting`.
    let written: Int64

    /// Nil if the name is no marker's.
    init?(name: RawName, written: Int64) {
        guard case .marker(let kind) = DropNames.meaning(of: name) else { return nil }
        self.kind = kind
        self.written = written
        switch kind {
        case .success: subject = name.parent
        case .done: subject = RawName(bytes: name.bytes.dropLast(kind.rawValue.utf8.count))
        }
    }
}

/// Decides from what was seen, and when, which files are complete. Without I/O; time comes in.
///
/// Holds only what is still to be given: what was taken or is gone is forgotten.
struct Settling {
    typealias Moment = ContinuousClock.Instant

    private struct Entry {
        var sighting: Sighting
        /// Since when it has been seen as it is.
        var since: Moment
    }

    private enum State {
        case complete
        case settling(until: Moment)
        case waitsForMarker
    }

    private let settle: Duration
    private let required: DropMarker?
    private var entries: [RawName: Entry] = [:]
    private var markers: [DropMarker: [RawName: Int64]] = [:]
    /// Since when something complete has been held up by others.
    private var heldUpSince: Moment?
    /// Nothing can become ripe before; nil if that must be worked out anew.
    private var quietUntil: Moment?

    init(rules: DropRules) {
        settle = .bounded(rules.settle)
        required = rules.marker
    }

    /// How long one file may hold the others up.
    var patience: Duration { max(settle * 10, .seconds(60)) }

    var isEmpty: Bool { entries.isEmpty }

    mutating func see(_ sighting: Sighting, at now: Moment) {
        if entries[sighting.name]?.sighting == sighting { return }
        entries[sighting.name] = Entry(sighting: sighting, since: now)
        // A new file only puts off the others, unless a marker may speak for it.
        if !markers.isEmpty || settle == .zero { quietUntil = nil }
    }

    mutating func see(_ marker: MarkerSighting) {
        if markers[marker.kind, default: [:]].updateValue(marker.written, forKey: marker.subject) != marker.written {
            quietUntil = nil
        }
    }

    /// Nothing has this name any more.
    mutating func lose(_ name: RawName) {
        if entries.removeValue(forKey: name) != nil { quietUntil = nil }
        if let marker = MarkerSighting(name: name, written: 0) { markers[marker.kind]?[marker.subject] = nil }
    }

    /// A directory is gone, with all that was in it.
    mutating func lose(below folder: RawName) {
        let gone = entries.keys.filter { $0.isWithin(folder) }
        for name in gone { entries[name] = nil }
        if !gone.isEmpty { quietUntil = nil }
        for kind in DropMarker.allCases { markers[kind] = markers[kind]?.filter { !$0.key.isWithin(folder) } }
    }

    /// All of a directory was looked at: what is not among the sightings is not there or is dealt with.
    mutating func see(all sightings: [Sighting], _ marks: [MarkerSighting], at now: Moment) {
        let old = entries
        entries = [:]
        markers = [:]
        quietUntil = nil
        for mark in marks { see(mark) }
        for sighting in sightings {
            if let entry = old[sighting.name], entry.sighting == sighting {
                entries[sighting.name] = entry
            } else {
                entries[sighting.name] = Entry(sighting: sighting, since: now)
            }
        }
    }

    /// What may be given now; nil if nothing may. Look at each of them once more, `see` it, and ask again before taking
    /// them.
    mutating func ripe(at now: Moment) -> [Sighting]? {
        if let quietUntil, now < quietUntil { return nil }
        var complete: [Sighting] = []
        var (first, last): (Moment?, Moment?) = (nil, nil)
        for entry in entries.values {
            switch state(of: entry, at: now) {
            case .complete: complete.append(entry.sighting)
            case .settling(let until):
                first = min(first ?? until, until)
                last = max(last ?? until, until)
            case .waitsForMarker: break
            }
        }
        if complete.isEmpty {
            heldUpSince = nil
            quietUntil = first
            return nil
        }
        let since = heldUpSince ?? now
        heldUpSince = since
        guard let last, now < since + patience else {
            quietUntil = nil
            return complete
        }
        quietUntil = min(last, since + patience)
        return nil
    }

    /// When to ask for what is ripe again if nothing is seen until then; nil if there is no need. After `ripe` only.
    var nextLook: Moment? { quietUntil }

    /// Forgets what was given, or need not be given.
    mutating func take(_ sightings: [Sighting]) {
        for sighting in sightings { entries[sighting.name] = nil }
        heldUpSince = nil
        quietUntil = nil
    }

    /// True if something may become complete by waiting.
    func isSettling(at now: Moment) -> Bool {
        entries.values.contains {
            if case .settling = state(of: $0, at: now) { true } else { false }
        }
    }

    private func state(of entry: Entry, at now: Moment) -> State {
        guard case .file = entry.sighting.thing else { return byTime(entry, at: now) }
        if isMarked(entry.sighting) { return .complete }
        return required == nil ? byTime(entry, at: now) : .waitsForMarker
    }

    private func byTime(_ entry: Entry, at now: Moment) -> State {
        let until = entry.since + settle
        return now < until ? .settling(until: until) : .complete
    }

    private func isMarked(_ sighting: Sighting) -> Bool {
        if speaks(.done, for: sighting.name, sighting) { return true }
        guard markers[.success]?.isEmpty == false else { return false }
        var folder = sighting.name
        while !folder.bytes.isEmpty {
            folder = folder.parent
            if speaks(.success, for: folder, sighting) { return true }
        }
        return false
    }

    private func speaks(_ kind: DropMarker, for subject: RawName, _ sighting: Sighting) -> Bool {
        guard required == nil || required == kind, let written = markers[kind]?[subject] else { return false }
        return written >= sighting.written
    }
}
