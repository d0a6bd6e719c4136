import Domain
import Foundation
import Host
import SystemPackage

/// Shell command lines as the arguments of one shell that runs them in order, each in a shell of its own, so that a
/// `cd` or a variable does not outlast its line, and ends with the status of the first that fails.
struct CommandLines {
    /// `/bin/sh` and its arguments.
    let shell: [String]

    /// The kernel takes at most 128 KiB in one argument.
    private static let longest = 100 * 1024
    private static let script = #"for line do printf '$ %s\n' "$line"; /bin/sh -c "$line" || exit; done"#

    /// A line that is too long for an argument becomes a script in the folder.
    init(_ commands: [String], longOnesIn folder: FilePath) throws(Fault) {
        var lines: [String] = []
        for (index, command) in commands.enumerated() {
            guard command.utf8.count > Self.longest else {
                lines.append(command)
                continue
            }
            let file = folder.appending("command-\(index + 1).sh")
            try Files.writeDurably(Data(command.utf8), to: file)
            lines.append(". \(quoted(file.string))")
        }
        shell = ["/bin/sh", "-c", Self.script, "sh"] + lines
    }

    /// The scripts of long lines in a folder, which the commands must be able to read.
    static func scripts(in folder: FilePath, count: Int) -> [FilePath] {
        (0..<count).map { folder.appending("command-\($0 + 1).sh") }.filter(Files.exists)
    }
}

private func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
