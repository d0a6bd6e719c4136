import Domain
import Foundation
import Host
import SystemPackage

/// An answer kept in a file so that it need not be asked for again. Whatever is wrong with the file, the answer is
/// then just not known.
struct Note {
    private struct Sealed: Codable {
        let digest: Digest
        let body: String
    }

    let path: FilePath

    init(folder: FilePath, key: Digest) {
        path = folder.appending("\(key.hex.prefix(40)).json")
    }

    /// Nil if nothing is known or the file is damaged.
    func recall<Value: Decodable & Sendable>(_ type: Value.Type) async -> Value? {
        await Blocking.run { [path] in
            guard let bytes = try? Files.readSmall(path),
                let sealed = try? Canonical.decode(Sealed.self, from: bytes), sealed.digest == .of(sealed.body)
            else { return nil }
            return try? Canonical.decode(type, from: sealed.body)
        }
    }

    /// Not being able to keep it costs time later and nothing else.
    func remember(_ value: some Encodable & Sendable) async {
        await Blocking.run { [path] in
            let body = Canonical.text(of: value)
            try? Files.makeDirectory(path.removingLastComponent())
            try? Files.writeDurably(Canonical.bytes(of: Sealed(digest: .of(body), body: body)), to: path)
        }
    }
}
