import Domain

extension FakeDialect {
    static func of(_ kind: ForgeKind) -> FakeDialect {
        switch kind {
        case .github: .github
        case .bitbucket: .bitbucket
        case .gitlab: .gitlab
        case .gitea, .forgejo: .gitea(kind)
        }
    }
}
