import Domain
import Glibc
import Host
import SystemPackage

/// Looks at a directory: the kernel tells what changes where it can.
final class DirectoryEye: DropEye {
    private let directory: FilePath
    private let rules: DropRules
    private let sight: DropSight
    private let mostWatches: Int
    private let notices: Notices
    private var attached: Attached?

    /// The directory as it was found: another one may have its name later.
    private struct Attached {
        let scan: DropScan
        let identity: FileState.Identity
        /// Nil where one must look.
        var inotify: Inotify?
    }

    init(_ directory: FilePath, _ watch: DropWatch) {
        self.directory = directory
        rules = watch.rules
        sight = watch.sight
        mostWatches = watch.mostWatches
        notices = Notices(watch.notice)
    }

    var period: Duration { .bounded(attached?.inotify == nil ? min(rules.pollEvery, rules.rescan) : rules.rescan) }

    func all() async throws(Fault) -> DropScan.Findings? {
        guard let attached = await attach() else { return nil }
        let (scan, inotify) = (attached.scan, attached.inotify)
        let outcome = await Blocking.run { () -> Result<DropScan.Findings, Fault> in
            Result { () throws(Fault) in
                try scan.walk { folder throws(Fault) in try inotify?.watch(folder, below: scan.root) }
            }
        }
        switch outcome {
        case .success(let findings):
            if let name = findings.blind, inotify != nil { poll(because: Self.isOn(name)) }
            notices.about(
                "unreadable",
                findings.unreadable.first.map {
                    let others = findings.unreadable.count - 1
                    return "\($0)\(others > 0 ? " (and \(others) more)" : ""); its files are not seen"
                })
            return findings
        case .failure(let fault):
            guard inotify != nil else { throw fault }
            poll(because: [fault.message, fault.advice].compactMap { $0 }.joined(separator: ". "))
            return try await all()
        }
    }

    func changes() async throws(Fault) -> [Change]? {
        guard let attached else { return nil }
        guard let inotify = attached.inotify else { return [] }
        let scan = attached.scan
        let outcome = await Blocking.run { () -> Changes in Changes.read(inotify, scan) }
        switch outcome {
        case .known(let changes): return changes
        case .lost: return nil
        case .topGone:
            self.attached = nil
            return nil
        }
    }

    func look(again sightings: [Sighting]) async throws(Fault) -> [Change] {
        guard let scan = attached?.scan else { return sightings.map { .gone($0.name) } }
        return await Blocking.run {
            sightings.map { sighting in
                switch scan.look(at: sighting.name) {
                case .sighting(let now): .seen(now)
                // Refused for where it lies, not for what it is.
                case .directory where sighting.isRefusal: .seen(sighting)
                case .nothing, .ignored, .marker, .directory: .gone(sighting.name)
                }
            }
        }
    }

    func wait(atMost time: Duration) async {
        guard let inotify = attached?.inotify else {
            // Ends early only by cancellation.
            try? await Task.sleep(for: time)
            return
        }
        guard let wakeup = try? Wakeup() else {
            // No descriptors are left: look now and then what the kernel has told.
            try? await Task.sleep(for: min(time, .bounded(rules.pollEvery)))
            return
        }
        await wakeup.wait(for: inotify.descriptor, atMost: time)
    }

    /// The directory, if it is there; a new one under the same name is a new beginning.
    private func attach() async -> Attached? {
        let directory = directory
        let found = await Blocking.run { () -> Result<Found, Fault> in
            Result { () throws(Fault) in try Found(directory) }
        }
        switch found {
        case .failure(let fault):
            notices.about("there", "\(fault.message); the drop is waited for")
            attached = nil
            return nil
        case .success(let found):
            notices.about("there", nil)
            if let attached, attached.identity == found.identity, attached.scan.root == found.scan.root {
                return attached
            }
            attached = Attached(scan: found.scan, identity: found.identity, inotify: inotify(for: found))
            return attached
        }
    }

    private func inotify(for found: Found) -> Inotify? {
        notices.about("polling", nil)
        guard sight == .automatic else { return nil }
        if let name = found.blind {
            poll(because: Self.isOn(name))
            return nil
        }
        do throws(Fault) {
            return try Inotify(most: mostWatches)
        } catch {
            poll(because: [error.message, error.advice].compactMap { $0 }.joined(separator: ". "))
            return nil
        }
    }

    private func poll(because reason: String) {
        attached?.inotify = nil
        notices.about(
            "polling", "\(directory) is looked at every \(rules.pollEvery.formatted) s, because \(reason)")
    }

    private static func isOn(_ fileSystem: String) -> String {
        "the kernel does not tell of all changes on \(fileSystem)"
    }

    private struct Found: Sendable {
        let scan: DropScan
        let identity: FileState.Identity
        let blind: String?

        init(_ directory: FilePath) throws(Fault) {
            scan = try DropScan(root: directory)
            guard let state = FileState(scan.root), state.kind == S_IFDIR else {
                throw Fault(.environment, "\(directory) is not a directory")
            }
            identity = state.identity
            blind = FileSystemKind.blind(at: scan.root)
        }
    }
}

/// What the kernel told, looked up.
private enum Changes: Sendable {
    case known([Change])
    case lost
    case topGone

    /// Blocks, but never waits.
    static func read(_ inotify: Inotify, _ scan: DropScan) -> Changes {
        var changes: [Change] = []
        for event in inotify.events() {
            switch event {
            case .lost: return .lost
            case .topGone: return .topGone
            case .directoryGone(let folder):
                changes.append(.directoryGone(folder))
                changes.append(.gone(folder))
            case .name(let name), .directory(let name):
                switch scan.look(at: name) {
                case .nothing: changes.append(.gone(name))
                case .ignored: break
                case .marker(let marker): changes.append(.marked(marker))
                case .sighting(let sighting): changes.append(.seen(sighting))
                case .directory:
                    // Names may be in it already. A directory that cannot be watched makes all be looked at, and that
                    // finds out why.
                    let found = try? scan.walk(from: name) { folder throws(Fault) in
                        try inotify.watch(folder, below: scan.root)
                    }
                    guard let found, found.blind == nil, found.unreadable.isEmpty else { return .lost }
                    changes += found.markers.map(Change.marked) + found.sightings.map(Change.seen)
                }
            }
        }
        return .known(changes)
    }
}

extension Sighting {
    fileprivate var isRefusal: Bool {
        if case .refusal = thing { true } else { false }
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var formatted: String { self == rounded() ? String(Int64(self)) : String(self) }
}
