import CSupervisor
import Domain
import Glibc
import Host
import SystemPackage

/// An open file that is closed when its last user has gone.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32, _ path: FilePath) throws(Fault) {
        guard number >= 0 else { throw Files.systemFault("open", path) }
        self.number = number
    }

    deinit { close(number) }
}

/// C strings that live as long as this does.
final class CStrings {
    private var strings: [UnsafeMutablePointer<CChar>] = []
    private var lists: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = []

    deinit {
        for string in strings { free(string) }
        for list in lists { list.deallocate() }
    }

    func add(_ string: String) -> UnsafePointer<CChar>? {
        guard let copy = strdup(string) else { return nil }
        strings.append(copy)
        return UnsafePointer(copy)
    }

    /// Ends with a null pointer.
    func add(list: [String]) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: list.count + 1)
        for (index, string) in list.enumerated() { pointers[index] = UnsafeMutablePointer(mutating: add(string)) }
        pointers[list.count] = nil
        lists.append(pointers)
        return UnsafePointer(pointers)
    }
}

/// What is masked in the log: each secret, and each line of one that has several, since programs print such values
/// indented or line by line.
struct Secrets {
    private let values: [[UInt8]]

    init(_ secrets: [String]) throws(Fault) {
        var values: Set<[UInt8]> = []
        for secret in secrets {
            let lines = secret.split(whereSeparator: \.isNewline)
            // A short line of a key file ("}", "==") would mask half of the log.
            values.formUnion(lines.filter { lines.count == 1 || $0.utf8.count >= 8 }.map { Array($0.utf8) })
            values.insert(Array(secret.utf8))
        }
        values.remove([])
        guard values.allSatisfy({ $0.count <= SUPERVISOR_LONGEST_SECRET }) else {
            throw Fault(.input, "a secret is longer than \(SUPERVISOR_LONGEST_SECRET) bytes and cannot be masked")
        }
        self.values = Array(values)
    }

    /// Calls the body with pointers that are valid until it returns.
    func withPointers<Result>(_ body: (UnsafeBufferPointer<supervisor_secret>) -> Result) -> Result {
        let bytes = values.flatMap { $0 }
        return bytes.withUnsafeBytes { buffer in
            var offset = 0
            let pointers = values.map { value in
                defer { offset += value.count }
                let start = buffer.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
                return supervisor_secret(bytes: start, length: value.count)
            }
            return pointers.withUnsafeBufferPointer(body)
        }
    }
}
