package import Domain
package import Foundation
import Host
package import SystemPackage

/// The folder `quarantine/` at the top of a drop, where refused files lie with their reasons.
package enum DropQuarantine {
    /// Moves what was refused to `quarantine/DAY/NAME` of the drop, its folders kept, with `NAME.reason.json` beside it,
    /// which is durable before the file moves. A name that is taken becomes `NAME~2`.
    ///
    /// May be called again with the same day and reason after a crash at any time, and then finishes what was begun.
    /// Follows no link and never leaves the drop. Throws `.environment` if the file cannot be moved (the drop is
    /// read-only, another file system, a link in the way): it is then left in place. Blocks.
    ///
    /// - Parameters:
    ///   - drop: the directory that is watched.
    ///   - day: the folder's name, `2026-07-31`.
    /// - Returns: where the file is now.
    package static func move(
        _ file: DropFile, of drop: FilePath, day: String, reason: Data
    ) throws(Fault) -> FilePath {
        try Move(RawName(file.name.text), of: drop, day: day, reason: reason).run()
    }

    /// As for a file; a link is moved itself.
    package static func move(
        _ refusal: DropRefusal, of drop: FilePath, day: String, reason: Data
    ) throws(Fault) -> FilePath {
        guard case .path(var path) = refusal.location, path.removePrefix(try Files.canonical(drop)) else {
            throw Fault(.bug, "'\(refusal.name)' does not lie in \(drop)")
        }
        let names = path.components.map(\.bytes)
        return try Move(
            RawName(bytes: Array(names.joined(separator: [UInt8(ascii: "/")]))), of: drop, day: day, reason: reason
        ).run()
    }
}

private struct Move {
    private let source: Folder
    private let target: Folder
    private let name: [UInt8]
    private let reason: Data

    init(_ name: RawName, of drop: FilePath, day: String, reason: Data) throws(Fault) {
        let folders = name.components.dropLast().map(Array.init)
        guard !name.bytes.isEmpty, !day.isEmpty, day.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) }) else {
            throw Fault(.bug, "'\(name.shown)' cannot be moved to the quarantine of '\(day)'")
        }
        let top = try Folder(drop)
        self.name = Array(name.last)
        self.reason = reason
        source = try top.enter(folders)
        target = try top.enter([Array(DropNames.quarantine.utf8), Array(day.utf8)] + folders, making: true)
    }

    func run() throws(Fault) -> FilePath {
        for number in 1...Self.most {
            let newName = Self.numbered(name, number)
            let reasonName = newName + Self.ending
            let isOurs = target.holds(reason, as: reasonName)
            if target.has(newName) {
                // Moved before we were killed.
                if isOurs, !source.has(name) { return target.place(newName) }
                continue
            }
            // A reason without a file that is not ours belongs to a file that somebody took back.
            if !isOurs, !(try target.write(reason, as: reasonName)) { continue }
            do throws(Fault) {
                guard try source.rename(name, to: newName, in: target) else { continue }
            } catch {
                // Moved by somebody else in this instant: the reason is theirs, too.
                if target.has(newName), !source.has(name) { return target.place(newName) }
                // What is left in place needs no reason in the quarantine.
                target.remove(reasonName)
                throw error
            }
            try target.sync()
            try source.sync()
            return target.place(newName)
        }
        throw Fault(.environment, "there are \(Self.most) files like \(target.place(name)) in the quarantine")
    }

    private static let most = 10_000
    private static let ending = Array(".reason.json".utf8)

    /// Cut to what a file system takes, with room for the reason's ending.
    private static func numbered(_ name: [UInt8], _ number: Int) -> [UInt8] {
        let suffix = number == 1 ? [] : Array("~\(number)".utf8)
        var kept = name.prefix(255 - ending.count - suffix.count)
        if kept.count < name.count {
            // Not in the middle of a letter.
            while kept.count > 1, name[kept.count] & 0xC0 == 0x80 { kept = kept.dropLast() }
        }
        return kept + suffix
    }
}
