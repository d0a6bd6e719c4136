package import Documents
package import Domain
package import Foundation
package import SystemPackage

/// Reads the list of gates of a floor, which another room knows: the list, the file's name for complaints, and where
/// in it the list stands.
package typealias GateReader = (_ list: Document.Node, _ file: String, _ path: String) throws(Complaints) -> [Gate]

/// A `server.yaml` that was read: what it says, and where it says it.
package struct SettingsFile: Equatable, Sendable {
    package var settings: ServerSettings
    /// As the user knows it.
    package var file: String
    /// Where each secret is asked for first.
    var places: [SecretPlace: SecretMention]

    /// Reads a server's configuration. Paths in it are taken from its folder. Throws every mistake found, not
    /// only the first. Blocks only on the CPU.
    /// - Parameter path: where `file`, as the user knows it, lies.
    package static func read(
        _ bytes: Data, file: String, at path: FilePath? = nil, gates: GateReader
    ) throws(Complaints) -> SettingsFile {
        let document = try Document(bytes, file: file)
        guard let root = document.root else {
            throw Complaints([
                Complaint(file: file, message: "the file is empty", advice: "docs/server.md has an example")
            ])
        }
        var shape = SettingsCheck(reading: Reading(file: file))
        shape.check(root, .mapping(SettingsLanguage.root), SettingsCheck.rootName)
        var builder = SettingsBuilder(
            root: root, reading: shape.reading, folder: (path ?? FilePath(file)).removingLastComponent())
        let settings = builder.build(gates: gates)
        try builder.throwComplaints()
        return SettingsFile(settings: settings, file: file, places: builder.places)
    }
}

/// A place in the file where a secret is asked for.
struct SecretMention: Equatable, Sendable {
    var place: Document.Place
    /// `forges.github.token`.
    var name: String
}

extension ServerSettings {
    /// What `SettingsFile.read` reads, without the places.
    package static func read(_ bytes: Data, file: String, gates: GateReader) throws(Complaints) -> ServerSettings {
        try SettingsFile.read(bytes, file: file, gates: gates).settings
    }

    /// The JSON Schema (draft 2020-12) of `server.yaml`, generated from the table that the reader uses.
    package static var jsonSchema: String { SettingsSchema.text }

    /// The reference of `server.yaml` in Markdown, generated from the same table.
    package static var reference: String { SettingsReference.text }
}
