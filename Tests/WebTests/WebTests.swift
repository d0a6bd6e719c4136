import Domain
import Foundation
import HTTPTypes
import Testing

@testable import Web

@Suite struct RouteTests {
    @Test func `a path finds its route, another method is told which there are`() {
        let table = RouteTable([
            Route(.get, "/runs/{run}", .open) { _, _ in Reply(.ok) },
            Route(.post, "/runs/{run}", .open) { _, _ in Reply(.ok) },
        ])

        if case .route(let route, let parameters) = table.match(.head, path: "/runs/a%2Fb") {
            #expect(route.method == .get)
            #expect(parameters == ["run": "a/b"])
        } else {
            Issue.record("HEAD is not answered")
        }
        if case .otherMethod(let methods) = table.match(.delete, path: "/runs/1") {
            #expect(methods == [.get, .post, .head])
        } else {
            Issue.record("DELETE is not refused")
        }
        if case .nothing = table.match(.get, path: "/runs/") {} else { Issue.record("an empty part is no run") }
    }
}
