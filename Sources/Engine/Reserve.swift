import Foundation
import Host
package import SystemPackage

extension Engine {
    /// Takes room out of use for the moment in which there is none, if the disk has plenty now.
    ///
    /// A run that fills the disk could otherwise not even be recorded as over, and its work tree would fill the disk for
    /// good.
    package func keepReserve() async {
        let home = home
        await Blocking.run { Reserve.keep(in: home) }
    }

    /// Gives the room back if the disk is full and stays so; false: it is not, or there is nothing to give.
    @discardableResult
    package func spendReserve() async -> Bool {
        guard await isDiskFull() else { return false }
        // What fills a disk mostly ends of it at once, and until then would fill what is given back as well.
        try? await Task.sleep(for: .seconds(2))
        let home = home
        return await Blocking.run { Reserve.spend(in: home) }
    }

    /// True if nothing more can be written than what the reserve gave back.
    func isDiskFull() async -> Bool {
        let home = home
        return await Blocking.run { Reserve.isDiskFull(home) }
    }
}

extension Home {
    /// Room that is kept for when there is none.
    package var reserve: FilePath { root.appending("reserve") }
}

/// Everything here blocks, and nothing fails: without a reserve there is just less room.
private enum Reserve {
    static let bytes: Int64 = 4 << 20
    /// The disk has plenty if so much is left.
    static let plenty = 3 * bytes
    /// The disk is full if less is left than anything can be done with.
    static let nothing: Int64 = 1 << 20

    static func keep(in home: Home) {
        if let size = Files.size(home.reserve), size == bytes { return }
        guard let free = try? Files.freeBytes(at: home.root), free >= plenty else { return }
        let file = open(home.reserve.string, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        if posix_fallocate(file, 0, off_t(bytes)) != 0 { unlink(home.reserve.string) }
    }

    static func isDiskFull(_ home: Home) -> Bool {
        (try? Files.freeBytes(at: home.root)).map { $0 < bytes + nothing } ?? false
    }

    static func spend(in home: Home) -> Bool {
        guard let free = try? Files.freeBytes(at: home.root), free < nothing else { return false }
        return unlink(home.reserve.string) == 0
    }
}
