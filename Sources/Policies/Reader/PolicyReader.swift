import Documents
import Domain
import Foundation

/// From bytes to a policy: shape first, then meaning, then the typed value; every mistake is collected on the way.
enum PolicyReader {
    static func read(
        _ bytes: Data, file: String, blocks: [TreePath: Data]
    ) throws(Complaints) -> (policy: Policy, root: Value) {
        let document = try Document(bytes, file: file)
        guard let written = document.root else {
            throw Complaints([
                Complaint(file: file, message: "the file is empty", advice: "'sluice init' writes a first one")
            ])
        }
        let node = try Blocks.expand(written, file: file, files: blocks)
        var shape = ShapeCheck(reading: Reading(file: file))
        let root = shape.check(node, .mapping(Language.root), ShapeCheck.rootName)
        guard let root else {
            try shape.reading.throwComplaints()
            throw unexplained(file)
        }
        var meaning = MeaningCheck(root: root, reading: shape.reading)
        meaning.check()
        try meaning.reading.throwComplaints()
        guard let policy = PolicyBuilder(root: root).build() else { throw unexplained(file) }
        return (policy, root)
    }

    private static func unexplained(_ file: String) -> Complaints {
        Complaints([
            Complaint(file: file, message: "the policy cannot be read, and we cannot say why; please report this")
        ])
    }
}
