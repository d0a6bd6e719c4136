import Domain
import Foundation
import Glibc
import Host
import SystemPackage

/// The processes that a killed supervisor left behind.
///
/// A sandbox dies with its supervisor. Without one, only the first process does; the others are known by a mark in
/// their environment and by their parents. A process that both cleared its environment and lost its parent is not
/// found: that is what the sandbox is for.
struct Survivors {
    static let variable = "SLUICE_JOB"
    static func mark(_ token: String) -> String { "\(variable)=\(token)" }

    private let mark: [UInt8]
    init(_ token: String) { mark = Array(Self.mark(token).utf8) }

    /// Kills them all. Blocks until none is left. Throws `.environment` if some cannot be killed.
    func end() throws(Fault) {
        let deadline = ContinuousClock.now.advanced(by: .seconds(5))
        // A process may be born behind the back of one look, so it takes two in a row that find nothing.
        var clean = 0
        while clean < 2 {
            let found = try look()
            clean = found.isEmpty ? clean + 1 : 0
            for process in found { kill(process, SIGKILL) }
            guard found.isEmpty || ContinuousClock.now < deadline else {
                let numbers = found.map(String.init).joined(separator: ", ")
                throw Fault(.environment, "processes of a lost job cannot be killed: \(numbers)")
            }
            // They are nobody's children here, so nothing tells when the kernel is done with them.
            if !found.isEmpty { usleep(5_000) }
        }
    }

    private func look() throws(Fault) -> Set<pid_t> {
        var parents: [pid_t: pid_t] = [:]
        var found: Set<pid_t> = []
        for name in try Files.list("/proc") {
            guard let process = pid_t(name), process != getpid(), let parent = livingParent(of: process) else {
                continue
            }
            parents[process] = parent
            if isMarked(process) { found.insert(process) }
        }
        var grew = !found.isEmpty
        while grew {
            let children = parents.filter { found.contains($0.value) && !found.contains($0.key) }.keys
            found.formUnion(children)
            grew = !children.isEmpty
        }
        return found
    }

    private func isMarked(_ process: pid_t) -> Bool {
        guard let bytes = try? Files.readSmall(FilePath("/proc/\(process)/environ"), limit: 8 << 20) else {
            return false
        }
        return bytes.range(of: Data(mark)) != nil
    }

    /// Nil for a process that has gone, is a zombie, or belongs to the kernel.
    private func livingParent(of process: pid_t) -> pid_t? {
        guard let bytes = try? Files.readSmall(FilePath("/proc/\(process)/stat"), limit: 1 << 16),
            let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[bytes.index(after: bracket)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 2, fields[0] != Data("Z".utf8), fields[0] != Data("X".utf8) else { return nil }
        return pid_t(String(decoding: fields[1], as: UTF8.self))
    }
}
