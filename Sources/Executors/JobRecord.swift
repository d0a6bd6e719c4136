import Domain
import Foundation
import Host
import SystemPackage

/// The files of a job.
struct JobPlace: Sendable {
    let directory: FilePath
    init(_ directory: FilePath) { self.directory = directory }

    /// Held by the supervisor for as long as it lives.
    var lock: FilePath { directory.appending("lock") }
    var status: FilePath { directory.appending("status.json") }
    var log: FilePath { directory.appending("output.log") }
    /// The commands' /tmp.
    var temporary: FilePath { directory.appending("tmp") }
    /// The commands' /dev/shm.
    var sharedMemory: FilePath { directory.appending("shm") }
}

/// What the files of a job say about it.
enum JobRecord: Sendable {
    /// No status: nothing was run.
    case absent
    /// The supervisor's words before the end; whether it still lives is for the lock to say.
    case running(supervisor: pid_t, token: String)
    case ended(JobOutcome)

    /// Blocks.
    static func read(_ place: JobPlace) throws(Fault) -> JobRecord {
        guard Files.exists(place.status) else { return .absent }
        let bytes = try Files.readSmall(place.status, limit: 1 << 16)
        guard let status = try? JSONDecoder().decode(Status.self, from: bytes) else {
            throw Fault(.environment, "\(place.status) does not hold the status of a job")
        }
        return try status.record(at: place.status)
    }
}

/// `status.json` as the supervisor writes it.
private struct Status: Decodable {
    let state: String
    let supervisor: Int32
    let token: String
    let code: Int32
    let wall: Double
    let cpu: Double
    let peakMemory: Int64
    let message: String

    enum CodingKeys: String, CodingKey {
        case state
        case supervisor
        case token
        case code
        case wall
        case cpu
        case peakMemory = "peak_memory"
        case message
    }

    func record(at path: FilePath) throws(Fault) -> JobRecord {
        let usage = Usage(wall: wall, cpu: cpu, peakMemory: peakMemory)
        return switch state {
        case "running": .running(supervisor: supervisor, token: token)
        case "exited": .ended(.exited(code, usage))
        case "signaled": .ended(.signaled(code, usage))
        case "over_time": .ended(.overTime(usage))
        case "over_memory": .ended(.overMemory(usage))
        case "over_disk": .ended(.overDisk(usage))
        case "cancelled": .ended(.cancelled(usage))
        case "not_started": .ended(.notStarted(message))
        default: throw Fault(.environment, "\(path) holds the unknown state '\(state)'")
        }
    }
}
