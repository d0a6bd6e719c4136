import Domain
import Foundation
import Git
import Policies

extension Engine {
    /// What is to be told of the rules of a plan; nil: nothing, they are the commit's own.
    func ruleNews(of plan: Plan) async throws(Fault) -> RuleNews? {
        let isForeign = plan.isForeign ?? false
        let rules = plan.rules.flatMap { $0.commit == plan.commit ? nil : $0 }
        guard rules != nil || plan.floor != nil || isForeign || plan.overrides != nil else { return nil }
        var news = RuleNews(
            base: rules, isForeign: isForeign, floor: plan.floor, overrides: plan.overrides ?? [:])
        guard let rules else { return news }
        let source = try await source(of: plan, holding: rules.commit)
        let ruled = try await ruled(plan, in: source)
        guard let base = ruled.base else {
            news.whyMissing = ruled.baseFault?.message ?? "it has no policy"
            return news
        }
        news.later = ruled.head.rules(differingFrom: base)
        var measures = Set(ruled.head.measures(differingFrom: base))
        for dataset in ruled.head.datasets {
            guard let schema = dataset.schema else { continue }
            let now = try await file(schema, at: plan.commit, in: source)
            if try await now != file(schema, at: rules.commit, in: source) { measures.insert(.schemas) }
        }
        news.measures = MeasuredPart.allCases.filter(measures.contains)
        return news
    }

    /// A file that is too long to be one is as good as none here.
    private func file(
        _ path: TreePath, at commit: CommitID, in repository: GitRepository
    ) async throws(Fault) -> Data? {
        do throws(Fault) {
            return try await repository.file(path, at: commit, limit: 16 << 20)
        } catch {
            guard error.kind == .input else { throw error }
            return nil
        }
    }

    /// As `source(of:)`, for a second commit as well: our own copy is whole only once both were kept.
    func source(of plan: Plan, holding other: CommitID) async throws(Fault) -> GitRepository {
        let mirror = try await GitRepository.Mirror(path: home.mirror(of: plan.repository))
        if try await mirror.holds(plan.commit), try await mirror.holds(other) { return try await mirror.repository() }
        if let user = try await userRepository(of: plan) { return user }
        return try await mirror.repository()
    }
}
