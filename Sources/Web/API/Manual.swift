import Domain

/// What the OpenAPI document says about a route.
struct Manual: Sendable {
    let name: String
    let summary: String
}
