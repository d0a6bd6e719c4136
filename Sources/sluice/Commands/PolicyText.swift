import Domain
import Foundation
import Host
import Policies
import SystemPackage

/// A policy file of the file system with the files of the blocks that it uses.
struct PolicyText {
    /// As complaints name it.
    let name: String
    let bytes: Data
    let blocks: [TreePath: Data]

    /// Reads them; a block's path is taken from the folder of the policy file. A block that is not there is left out,
    /// which is a mistake of the policy with a place.
    static func read(_ file: FilePath, as name: String = PolicyFile.name) async throws(Fault) -> PolicyText {
        try await Blocking.run { () throws(Fault) in
            let bytes = try Files.readSmall(file, limit: 1 << 20)
            var blocks: [TreePath: Data] = [:]
            // Mistakes in `use` are told by whoever reads the policy.
            for path in (try? PolicyFile.blocks(bytes, file: name)) ?? [] {
                let block = file.removingLastComponent().pushing(FilePath(path.text))
                if Files.exists(block) { blocks[path] = try Files.readSmall(block, limit: 1 << 20) }
            }
            return PolicyText(name: name, bytes: bytes, blocks: blocks)
        }
    }

    func policy() throws(Fault) -> Policy {
        do throws(Complaints) {
            return try PolicyFile.read(bytes, file: name, blocks: blocks)
        } catch {
            throw error.fault
        }
    }
}
