import Domain
import Foundation
import Settings

/// Which queued runs may begin now, and why the others wait. Pure: what the dispatcher does and what people are told come
/// from the same answer.
struct Admission {
    /// What a project used of its day.
    struct Usage: Equatable {
        var runs = 0
        var seconds = 0.0
    }

    let limits: ServerLimits
    let projects: [ProjectName: ProjectSettings]
    let usage: [ProjectName: Usage]
    /// When a run of the model ended last.
    let lastEnd: [ModelName: Date]
    let now: Date

    struct Answer: Equatable {
        var start: [RunID] = []
        var waiting: [RunID: Waiting] = [:]
    }

    /// `queue` in the order in which runs are to begin: a run that must wait lets others pass.
    func answer(queue: [(run: Run, ticket: Ticket)], working: [(run: Run, ticket: Ticket)]) -> Answer {
        var answer = Answer()
        var all = working.count
        var ofProject: [ProjectName: Int] = [:]
        var ofModel: [ModelName: Int] = [:]
        for (run, ticket) in working {
            ofProject[ticket.project, default: 0] += 1
            ofModel[run.model, default: 0] += 1
        }
        var usage = usage
        for (run, ticket) in queue {
            let counts = (all, ofProject[ticket.project] ?? 0, ofModel[run.model] ?? 0)
            if let waiting = waiting(run, ticket, counts, usage[ticket.project] ?? Usage()) {
                answer.waiting[run.id] = waiting
                continue
            }
            answer.start.append(run.id)
            all += 1
            ofProject[ticket.project, default: 0] += 1
            ofModel[run.model, default: 0] += 1
            usage[ticket.project, default: Usage()].runs += 1
        }
        return answer
    }

    private func waiting(
        _ run: Run, _ ticket: Ticket, _ counts: (all: Int, project: Int, model: Int), _ usage: Usage
    ) -> Waiting? {
        // Taken out of the configuration: what waits stays where it is until the project is back.
        guard let project = projects[ticket.project] else { return .project(ticket.project, limit: 0) }
        if isSpent(project.budget, usage) { return .budget(until: Self.midnight(after: now)) }
        if let until = coolDown(of: project, model: run.model, lane: ticket.lane) { return .coolDown(until: until) }
        if counts.model >= limits.runsPerModel { return .model(run.model, limit: limits.runsPerModel) }
        if counts.project >= project.concurrency { return .project(ticket.project, limit: project.concurrency) }
        if counts.all >= limits.runs { return .server(limit: limits.runs) }
        return nil
    }

    private func isSpent(_ budget: Budget, _ usage: Usage) -> Bool {
        if let runs = budget.runs, usage.runs >= runs { return true }
        if let time = budget.time, usage.seconds >= time { return true }
        return false
    }

    private func coolDown(of project: ProjectSettings, model: ModelName, lane: Ticket.Lane) -> Date? {
        guard lane.coolsDown, let end = lastEnd[model] else { return nil }
        return Self.coolDown(project.coolDown, since: end, now: now)
    }

    /// Until when nothing is to begin by itself; nil: it may. An end that is still to come was told by a clock that has
    /// been put back since, and holds up nothing.
    static func coolDown(_ seconds: Double, since end: Date, now: Date) -> Date? {
        let until = end.addingTimeInterval(seconds)
        return end <= now && now < until ? until : nil
    }

    /// UTC.
    static func midnight(before date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    }

    static func midnight(after date: Date) -> Date { midnight(before: date).addingTimeInterval(86_400) }
}

extension Ticket.Lane {
    /// True for what begins by itself: data, schedule and drift.
    var coolsDown: Bool {
        switch self {
        case .data, .schedule, .drift: true
        case .branch, .pullRequest, .manual: false
        }
    }
}

extension Waiting {
    /// When it is over by itself; nil: when something else happens.
    var until: Date? {
        switch self {
        case .budget(let until), .coolDown(let until), .trouble(_, _, let until): until
        case .server, .project, .model, .permission, .turn: nil
        }
    }
}
