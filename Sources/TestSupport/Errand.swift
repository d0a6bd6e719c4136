import Foundation
import Glibc

/// A program that is run to its end on the thread that calls: what a helper of a test asks of git while it holds a lock.
///
/// Not Foundation's `Process`: whatever another thread starts at the same moment, a server for example, inherits its pipe,
/// which then has no end for as long as that one lives; and whoever waits for the end holds the lock that the server's
/// test waits for.
struct Errand {
    /// Found in the path of this process.
    let program: String
    let arguments: [String]
    let environment: [String: String]
    /// The file that is its standard input.
    var input = "/dev/null"

    /// Its standard output and its status, or 128 and the number of the signal; nil if it cannot be started.
    func run() -> (status: Int32, output: Data)? {
        var ends: [Int32] = [-1, -1]
        // A pipe cannot be made in one step that nobody inherits: `pipe2` is not in Swift's Glibc.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        defer { close(ends[0]) }
        let started = start(writingTo: ends[1])
        close(ends[1])
        guard let child = started else { return nil }
        let output = Self.everything(from: ends[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { if errno != EINTR { return nil } }
        let signal = status & 0x7F
        return (signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output)
    }

    private func start(writingTo output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let words = ([program] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, program, &actions, nil, words + [nil], variables + [nil])
        return code == 0 ? child : nil
    }

    private static func everything(from file: Int32) -> Data {
        var output = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count > 0 {
                output.append(contentsOf: buffer[..<count])
            } else if count == 0 || errno != EINTR {
                return output
            }
        }
    }
}
