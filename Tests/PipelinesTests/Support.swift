import Domain
import Foundation
import Pipelines

func path(_ text: String) -> TreePath {
    guard let path = TreePath(text) else { preconditionFailure("'\(text)' is not a path") }
    return path
}

func name(_ text: String) -> StageName {
    guard let name = StageName(text) else { preconditionFailure("'\(text)' is not a stage name") }
    return name
}

func read(_ text: String, file: String = "dvc.yaml") throws(Complaints) -> [Stage] {
    try Pipeline.read(Data(text.utf8), file: path(file))
}

/// What is complained about, a line each; empty if nothing.
func complaints(_ work: () throws(Complaints) -> Void) -> [String] {
    do throws(Complaints) {
        try work()
        return []
    } catch {
        return error.all.map(\.description)
    }
}
