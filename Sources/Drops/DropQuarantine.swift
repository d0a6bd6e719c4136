package import Domain
package import Foundation
import Host
package import SystemPackage

/// The folder `quarantine/` at the top of a drop, where refused files lie with their reasons.
package enum DropQuarantine {
    /// Moves what was refused to `quarantine/DAY/NAME` of the drop, its folders kept, with `NAME.reason.json` beside it,
    /// which is durable before the file moves. A name that is taken becomes `NAME~2`.
    ///
    /// May be called again with the same reason after a crash at any time, and then finishes what was begun. Follows no
    /// link and never leaves the drop. Throws `.environment` if the file cannot be moved (the drop is read-only, another
    /// file system, a link in the way): it is then left in place. Blocks.
    ///
    /// - Parameters:
    ///   - drop: the directory that is watched.
    ///   - day: the folder's name, `2026-07-31`.
    /// - Returns: where the file is now.
    package static func move(
        _ file: DropFile, of drop: FilePath, day: String, reason: Data
    ) throws(Fault) -> FilePath {
        drop
    }

    /// As for a file; a link is moved itself.
    package static func move(
        _ refusal: DropRefusal, of drop: FilePath, day: String, reason: Data
    ) throws(Fault) -> FilePath {
        drop
    }
}
