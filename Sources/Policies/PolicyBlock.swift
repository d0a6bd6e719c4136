import Documents
package import Domain
package import Foundation

/// A reusable block of policy, for people who look for one.
package struct PolicyBlock: Sendable, Equatable {
    package struct Parameter: Sendable, Equatable {
        package var name: String
        /// One sentence.
        package var about: String?
        /// The value without the parameter; nil if one must be given.
        package var fallback: JSONValue?
    }

    /// As `use` names it.
    package var name: String
    /// One sentence.
    package var about: String
    /// In the order of the file.
    package var parameters: [Parameter]
    /// The file itself, with its comments.
    package var yaml: String

    /// Reads a block's file. Throws every mistake in it that can be seen without values for its parameters.
    package init(_ bytes: Data, file: String) throws(Complaints) {
        let block = try BlockFile.read(bytes, file: file)
        name = block.name
        about = block.about
        parameters = block.parameters.map {
            Parameter(name: $0.name, about: $0.about, fallback: $0.fallback?.json)
        }
        yaml = String(decoding: bytes, as: UTF8.self)
    }
}
