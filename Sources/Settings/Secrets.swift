import Documents
package import Domain
import Foundation
import Host
import SystemPackage

/// The values of a server's secrets, read from where `server.yaml` says.
///
/// Its description shows none of them.
package struct Secrets: Sendable, CustomStringConvertible, CustomReflectable {
    private let values: [SecretPlace: String]

    /// The value; nil for a place that was not in the settings.
    package subscript(place: SecretPlace) -> String? { values[place] }

    /// Every value, longest first, to be masked wherever something is said.
    package var all: [String] { Set(values.values).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) } }

    package var description: String { "\(values.count) secrets" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Reads every secret that the settings ask for. Throws one complaint, with its place, for each that is not there,
    /// is empty, or lies in a file that every user of the machine can read. Blocks.
    package static func resolve(
        _ file: SettingsFile, variables: [String: String]
    ) throws(Complaints) -> Secrets {
        var values: [SecretPlace: String] = [:]
        var complaints: [Complaint] = []
        for (place, mention) in file.places {
            switch value(of: place, variables) {
            case .success(let value): values[place] = value
            case .failure(let trouble):
                complaints.append(
                    Complaint(
                        file: file.file, at: mention.place, "'\(mention.name)': \(trouble.message)",
                        advice: trouble.advice))
            }
        }
        if !complaints.isEmpty { throw Complaints(complaints.sortedByPlace()) }
        return Secrets(values: values)
    }

    /// One secret, as `resolve` reads all of them. Throws `.input` if it is not there, is empty, or lies in a file that every
    /// user of the machine can read. Blocks.
    package static func read(_ place: SecretPlace, variables: [String: String]) throws(Fault) -> String {
        try value(of: place, variables).get()
    }

    private static func value(of place: SecretPlace, _ variables: [String: String]) -> Result<String, Fault> {
        switch place {
        case .variable(let name):
            guard let value = variables[name] else {
                return .failure(
                    Fault(
                        .input, "the environment variable \(name) is not set",
                        advice: "set it where the server is started, or use 'file'"))
            }
            return checked(value, "the environment variable \(name)")
        case .file(let path): return content(of: path)
        }
    }

    private static func content(of path: FilePath) -> Result<String, Fault> {
        var info = stat()
        guard stat(path.string, &info) == 0 else {
            return .failure(Files.systemFault("read", path))
        }
        guard info.st_mode & S_IROTH == 0, info.st_mode & S_IWOTH == 0 else {
            return .failure(
                Fault(
                    .input, "every user of this machine can read or change \(path)", advice: "run 'chmod 600 \(path)'"))
        }
        do throws(Fault) {
            let bytes = try Files.readSmall(path, limit: 1 << 20)
            guard let text = String(validatingUTF8Bytes: bytes) else {
                return .failure(Fault(.input, "\(path) is not UTF-8 text"))
            }
            return checked(text, "\(path)")
        } catch {
            return .failure(error)
        }
    }

    /// Without the newlines at its end, with which editors close a file.
    private static func checked(_ value: String, _ what: String) -> Result<String, Fault> {
        var text = value[...]
        while let last = text.last, last.isNewline { text.removeLast() }
        guard !text.allSatisfy(\.isWhitespace) else { return .failure(Fault(.input, "\(what) is empty")) }
        guard !text.contains("\0") else { return .failure(Fault(.input, "\(what) holds a zero byte")) }
        return .success(String(text))
    }
}

extension String {
    fileprivate init?(validatingUTF8Bytes bytes: Data) {
        self.init(bytes: bytes, encoding: .utf8)
    }
}
