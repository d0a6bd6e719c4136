import Domain
import Foundation
import Testing

@testable import Policies

private func limits(_ text: String) throws -> DriftLimits {
    try PolicyFile.driftLimits(Data(text.utf8), file: "drift.yaml")
}

@Test func `limits are read from the value of drift, and from a section that has the key`() throws {
    let wanted = DriftLimits(
        columns: [.init(name: "hour", limits: [.psi: 0.2], isShared: true)], nullFractionDelta: 0.1)
    for text in [
        "{columns: [hour], psi: 0.2, nullFractionDelta: 0.1}",
        "drift: {columns: [hour], psi: 0.2, nullFractionDelta: 0.1}",
        "file: {minRows: 1}\ndrift: {columns: [hour], psi: 0.2, nullFractionDelta: 0.1}",
    ] {
        #expect(try limits(text) == wanted)
    }
}

@Test(arguments: [
    ("columns: {hour: {pis: 0.2}}", "drift.yaml:1:18: unknown key 'pis' in 'drift.columns.hour'; did you mean 'psi'?"),
    (
        "columns: {hour: {psi: high}}",
        "drift.yaml:1:23: 'drift.columns.hour.psi': expected a number of at least 0, found 'high'"
    ),
    ("columns: {hour: {}}", "drift.yaml:1:11: 'drift.columns.hour' sets no limit; add 'psi: 0.2'"),
    ("columns: [hour]", "drift.yaml:1:10: 'drift.columns' sets no limit; add 'psi: 0.2' beside it"),
    ("columns: {hour: {ks: 1.5}}", "drift.yaml:1:22: 'drift.columns.hour.ks': a limit lies from 0 to 1"),
    ("psi: 0.2", "drift.yaml:1:1: 'drift': give 'columns', to which the limits apply"),
    ("{}", "drift.yaml:1:1: 'drift' sets no limit; give 'columns' or 'nullFractionDelta'"),
    ("", "drift.yaml: the file is empty; it should set limits of drift"),
    (
        "nullFractionDelta: -1",
        "drift.yaml:1:20: 'drift.nullFractionDelta': expected a number of at least 0, found a number (-1)"
    ),
])
func `a mistake in the limits is told with its place`(_ text: String, _ complaint: String) {
    do {
        let read = try limits(text)
        Issue.record("it was read as \(read)")
    } catch let error as Complaints {
        #expect(error.all.map(\.description).first == complaint)
    } catch {
        Issue.record(error)
    }
}
