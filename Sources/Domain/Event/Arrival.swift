package import Foundation

/// What became of a file that lies, or lay, in a drop: the newest word on each name.
package struct Arrival: Codable, Equatable, Sendable {
    package enum Outcome: Codable, Equatable, Sendable {
        /// It is in that snapshot. `replaced`: a file of the same name and other bytes was there before.
        case accepted(snapshot: Int, replaced: Bool)
        /// The snapshot held the same bytes under that name already.
        case unchanged(snapshot: Int)
        /// It was refused; the number is that of the `Refusal`.
        case refused(Int64)
        /// It is good, but came together with a refused file to a dataset that is replaced as a whole.
        case heldBack

        /// The snapshot that the file is in; nil if it is in none.
        package var snapshot: Int? {
            switch self {
            case .accepted(let snapshot, _), .unchanged(let snapshot): snapshot
            case .refused, .heldBack: nil
            }
        }
    }

    /// The path below the drop, which is the file's name in the dataset.
    package var name: String
    /// Changes whenever the file does.
    package var stamp: String
    package var bytes: Int64
    /// SHA-256 of the bytes; nil for what is no file.
    package var digest: Digest?
    /// Digest of the questions that it was asked: other questions are worth another try.
    package var question: Digest
    package var outcome: Outcome
    package var at: Date

    package init(
        name: String, stamp: String, bytes: Int64, digest: Digest?, question: Digest, outcome: Outcome, at: Date
    ) {
        self.name = name
        self.stamp = stamp
        self.bytes = bytes
        self.digest = digest
        self.question = question
        self.outcome = outcome
        self.at = at
    }
}

/// A file that was refused, and why.
package struct Refusal: Codable, Equatable, Sendable {
    /// Where its bytes lie.
    package enum Place: Codable, Equatable, Sendable {
        /// Still in the drop, an absolute path, to be moved if it is still what the stamp says.
        case awaitsMove(String, stamp: String)
        /// In quarantine; an absolute path.
        case quarantine(String)
        /// Left in the drop: an absolute path, or an S3 address. `because`: why it could not be moved; nil: the policy says so.
        case left(String, because: String?)

        /// The absolute path or address.
        package var path: String {
            switch self {
            case .awaitsMove(let path, _), .quarantine(let path), .left(let path, _): path
            }
        }
    }

    /// A person's word that it may be taken in all the same.
    package struct Release: Codable, Equatable, Sendable {
        package var by: PersonName
        package var reason: String
        package var at: Date
        package var snapshot: Int

        package init(by: PersonName, reason: String, at: Date, snapshot: Int) {
            self.by = by
            self.reason = reason
            self.at = at
            self.snapshot = snapshot
        }
    }

    /// Counted over the home from 1.
    package var id: Int64
    package var dataset: DatasetName
    package var model: ModelName
    package var name: String
    /// Nil for what is no file, which can never be released.
    package var artifact: Artifact?
    package var findings: [DataFinding]
    package var place: Place
    package var release: Release?
    package var at: Date

    package init(
        id: Int64, dataset: DatasetName, model: ModelName, name: String, artifact: Artifact?,
        findings: [DataFinding], place: Place, release: Release? = nil, at: Date
    ) {
        self.id = id
        self.dataset = dataset
        self.model = model
        self.name = name
        self.artifact = artifact
        self.findings = findings
        self.place = place
        self.release = release
        self.at = at
    }
}
