package import Domain
package import Storage

extension Engine {
    package func driftReport(
        of snapshot: Store.Snapshot, dataset: DatasetPolicy, policy: Policy
    ) async throws(Fault) -> DriftReport? { nil }
}
