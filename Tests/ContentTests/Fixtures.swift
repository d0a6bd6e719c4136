import Content
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A store and a folder beside it for what goes in and out.
func withStore<Value>(_ body: (ContentStore, FilePath) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let store = try await ContentStore(root: folder.appending("store"))
        let desk = folder.appending("desk")
        try Files.makeDirectory(desk)
        return try await body(store, desk)
    }
}

extension FilePath {
    /// Writes a file below this folder and returns where it is.
    @discardableResult
    func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws -> FilePath {
        let file = pushing(FilePath(name))
        try Files.makeDirectory(file.removingLastComponent())
        try Files.writeDurably(Data(text.utf8), to: file, mode: mode)
        return file
    }

    func text() throws -> String { String(decoding: try Files.readSmall(self), as: UTF8.self) }

    var info: stat { status(string) }

    var mode: UInt32 { info.st_mode & 0o7777 }
}

/// Outside of FilePath, which has a `stat` of its own.
private func status(_ path: String) -> stat {
    var info = stat()
    lstat(path, &info)
    return info
}

extension ContentStore {
    /// All that lies in the store, relative to its root.
    func everything() async throws -> [String] {
        let find = try Tool.find("find", advice: "")
        return try await find.output([root.string, "-type", "f", "-printf", "%P\n"]).split(separator: "\n")
            .map(String.init).sorted()
    }

    /// Changes one byte of an object behind the store's back.
    func tamper(with object: ObjectID) throws {
        let place = location(of: object)
        var bytes = try Files.readSmall(place)
        bytes[0] ^= 1
        let file = open(place.string, O_WRONLY)
        defer { close(file) }
        bytes.withUnsafeBytes { _ = pwrite(file, $0.baseAddress, 1, 0) }
    }
}

/// The fault that some work throws; a bug if it throws none.
func fault(of work: () async throws -> Void) async throws -> Fault {
    do {
        try await work()
    } catch let fault as Fault {
        return fault
    }
    throw Fault(.bug, "nothing was thrown")
}

func treePath(_ text: String) throws -> TreePath {
    guard let path = TreePath(text) else { throw Fault(.bug, "not a path: \(text)") }
    return path
}
