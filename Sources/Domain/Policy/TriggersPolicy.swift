/// `triggers:` What starts a run besides `sluice run`.
package struct TriggersPolicy: Codable, Equatable, Sendable {
    /// `drift:` A dataset that is compared with its reference, again and again.
    package struct DriftTrigger: Codable, Equatable, Sendable {
        package var dataset: DatasetName
        /// Seconds between two looks.
        package var checkEvery: Double

        package init(dataset: DatasetName, checkEvery: Double = 3600) {
            self.dataset = dataset
            self.checkEvery = checkEvery
        }
    }

    /// A new snapshot of one of these starts a run.
    package var data: [DatasetName]
    package var drift: DriftTrigger?

    package init(data: [DatasetName] = [], drift: DriftTrigger? = nil) {
        self.data = data
        self.drift = drift
    }

    /// True if a new snapshot of the dataset may start a run.
    package func concerns(_ dataset: DatasetName) -> Bool {
        data.contains(dataset) || drift?.dataset == dataset
    }
}
