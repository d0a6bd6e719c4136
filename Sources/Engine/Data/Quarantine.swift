import Domain
import Drops
import Foundation
import Host
import Storage
import SystemPackage

extension Engine {
    /// Moves refused files that await it to `quarantine/<date>/` of their drop, with the reason beside each. What cannot
    /// be moved is left in place, and the record says why.
    func quarantine(_ refusals: [Refusal], of target: DropTarget) async throws(Fault) -> [Refusal] {
        var done: [Refusal] = []
        for refusal in refusals {
            guard case .awaitsMove(let path, let stamp) = refusal.place,
                case .directory(let drop) = target.drop.location
            else {
                done.append(refusal)
                continue
            }
            let place = await moved(refusal, at: FilePath(path), stamp: stamp, of: FilePath(drop))
            try await store.moved(refusal: refusal.id, to: place, at: now())
            hooks.reached(.fileQuarantined)
            var moved = refusal
            moved.place = place
            done.append(moved)
        }
        return done
    }

    private func moved(
        _ refusal: Refusal, at path: FilePath, stamp: String, of drop: FilePath
    ) async -> Refusal.Place {
        let reason = RefusalReason(refusal).bytes
        let day = Timestamp.text(refusal.at).prefix(10)
        do throws(Fault) {
            let place = try await Blocking.run { () throws(Fault) in
                guard let artifact = refusal.artifact, let name = TreePath(refusal.name) else {
                    let thing = DropRefusal(name: refusal.name, location: .path(path), stamp: stamp, reason: "")
                    return try DropQuarantine.move(thing, of: drop, day: String(day), reason: reason)
                }
                let file = DropFile(name: name, location: .path(path), size: artifact.bytes, stamp: stamp)
                return try DropQuarantine.move(file, of: drop, day: String(day), reason: reason)
            }
            return .quarantine(place.string)
        } catch {
            return .left(path.string, because: error.message)
        }
    }
}

/// What lies beside a file in quarantine, for whoever sent it.
struct RefusalReason: Encodable {
    struct Finding: Encodable {
        let check: String
        let column: String?
        let record: Int64?
        let line: Int64?
        let count: Int64?
        let value: String?
        let message: String
        let records: [Int64]
    }

    let file: String
    let dataset: DatasetName
    let refusal: Int64
    let refusedAt: String
    let digest: Digest?
    let verdict = "quarantine"
    let findings: [Finding]
    let advice: String

    init(_ refusal: Refusal) {
        file = refusal.name
        dataset = refusal.dataset
        self.refusal = refusal.id
        refusedAt = Timestamp.text(refusal.at)
        digest = refusal.artifact?.digest
        findings = refusal.findings.map { finding in
            Finding(
                check: finding.check, column: finding.column, record: finding.record, line: finding.line,
                count: finding.count, value: finding.value, message: finding.message,
                records: finding.records ?? finding.record.map { [$0] } ?? [])
        }
        let isMisnamed = refusal.findings.contains { $0.check == "file-name" }
        advice =
            isMisnamed
            ? "give the file a right name and drop it again" : "correct the file and drop it again under the same name"
    }

    var bytes: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return ((try? encoder.encode(self)) ?? Data()) + Data("\n".utf8)
    }
}
