package import Domain
package import Foundation
import Host
package import SystemPackage

/// The output of a job, from an offset on, followed until the job has ended.
///
/// Buffer policy: the file is the buffer. One chunk of at most 64 KiB is in memory, it is read when it is asked for, and
/// nothing is dropped however slow the reader is. At the end of what there is, the file is looked at ten times a
/// second. Chunks end anywhere, also inside a character. Ends without an error if the task is cancelled.
package struct JobLog: AsyncSequence, Sendable {
    package typealias Element = Data
    package typealias Failure = Fault

    private let place: JobPlace
    private let offset: Int64

    /// May be made before the job has started.
    package init(in directory: FilePath, from offset: Int64 = 0) {
        place = JobPlace(directory)
        self.offset = offset
    }

    package func makeAsyncIterator() -> Iterator { Iterator(place: place, offset: offset) }

    /// One reader's place in the log.
    package struct Iterator: AsyncIteratorProtocol {
        private let place: JobPlace
        private var offset: Int64

        fileprivate init(place: JobPlace, offset: Int64) {
            self.place = place
            self.offset = offset
        }

        package mutating func next() async throws(Fault) -> Data? {
            let place = place
            while !Task.isCancelled {
                let offset = offset
                let (isOver, chunk) = try await Blocking.run { () throws(Fault) in
                    // In this order: what was written before the end is read.
                    let isOver = if case .over = try Sighting(place) { true } else { false }
                    return (isOver, try readChunk(of: place.log, at: offset))
                }
                if !chunk.isEmpty {
                    self.offset += Int64(chunk.count)
                    return chunk
                }
                if isOver { return nil }
                do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
            }
            return nil
        }
    }
}

private func readChunk(of log: FilePath, at offset: Int64) throws(Fault) -> Data {
    let number = open(log.string, O_RDONLY | O_CLOEXEC)
    if number < 0, errno == ENOENT { return Data() }
    let file = try Descriptor(number, log)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = pread(file.number, &buffer, buffer.count, off_t(offset))
    guard count >= 0 else { throw Files.systemFault("read", log) }
    return Data(buffer[..<count])
}
