package import Domain
import Foundation
import Git
package import Storage

extension Engine {
    /// Takes a refused file into its dataset on a person's word. Tests will not ask the file again, and reports say who
    /// let it through and why.
    ///
    /// - Throws: `.input` for an unknown refusal, one that is released or corrected already, what is no file, and a part of
    ///   a drop that replaces its dataset as a whole.
    package func release(
        _ id: Int64, dataset: DatasetPolicy, repository: RepositoryID, by: PersonName, reason: String
    ) async throws(Fault) -> Store.Snapshot {
        guard let refusal = try await store.refusal(id) else {
            throw Fault(.input, "there is no refused file \(id)", advice: "'sluice data why' lists them")
        }
        guard let artifact = refusal.artifact else {
            throw Fault(.input, "'\(refusal.name)' is no file and cannot be taken in")
        }
        if let release = refusal.release {
            throw Fault(
                .input, "'\(refusal.name)' was released by \(release.by) already: it is in snapshot \(release.snapshot)"
            )
        }
        try await refuseCorrected(refusal)
        if !dataset.append { try await refusePart(refusal) }
        let newest = try await store.newestSnapshot(of: refusal.dataset, model: refusal.model)
        let file = Store.SnapshotFile(name: refusal.name, artifact: artifact)
        let snapshot = try await assemble(
            [file], over: dataset.append ? newest?.files ?? [] : [], after: newest?.ref.number)
        let event = try await accept(
            .fileReleased(refusal.dataset, refusal: id), repository, by: by, key: "release:\(id)")
        let added = try await store.release(
            id, by: by, reason: reason, snapshot: snapshot, event: event.id, at: now())
        hooks.reached(.fileReleased)
        return added
    }

    /// The file alone would take the place of the whole dataset.
    private func refusePart(_ refusal: Refusal) async throws(Fault) {
        guard case .filesDropped(_, _, let count)? = try await store.event(ofRefusal: refusal.id)?.event.kind,
            count > 1
        else { return }
        throw Fault(
            .input,
            "'\(refusal.name)' came together with \(count - 1) more, and '\(refusal.dataset)' is replaced only as a whole",
            advice:
                "correct it and drop it again, or take all of them in with 'sluice data add \(refusal.dataset) FILE…'")
    }

    /// The refused file would take the place of the one that corrected it.
    private func refuseCorrected(_ refusal: Refusal) async throws(Fault) {
        let known = try await store.arrivals(of: [refusal.name], dataset: refusal.dataset, model: refusal.model)
        guard let number = known.first??.outcome.snapshot else { return }
        throw Fault(
            .input,
            "'\(refusal.name)' was corrected: a file of that name that tests accept is in snapshot \(number)",
            advice: "if the refused one is right after all, add it with 'sluice data add'")
    }
}
