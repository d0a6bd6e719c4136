extension Outside {
    /// The status of a commit that the policy asks no run for, where branch protection waits for one.
    package static let noRunNeeded = "the policy asks for no run here"
}
