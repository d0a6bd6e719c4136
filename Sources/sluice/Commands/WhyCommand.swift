import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Reports
import Storage
import Web

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what happened, step by step, and why something did not start a run.",
        discussion: """
            Examples:
              sluice why 12         a run
              sluice why 4f1c9ab    a commit, or a branch or tag of the repository here
              sluice why flights    a dataset
              sluice why june.csv   a dropped file
              sluice why event 7    an event, by its number
              sluice why pr 12      a pull request
              sluice why 2026-11-30T03:00   a time of the schedule, in UTC
              sluice why 72d3162e-cc78-11e3-81ab-4c9367dc0958   a forge's delivery
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(
        help: ArgumentHelp(
            "A run's number, a commit, branch or tag, a dataset's or a dropped file's name, an event, a pull request, a time.",
            valueName: "subject"))
    var words: [String]

    private var subject: String { words.joined(separator: " ") }

    /// What is known of the subject as it was written, else of the commit that it names in the repository here.
    private func explain(_ engine: Engine) async throws(Fault) -> Engine.Explanation {
        do throws(Fault) {
            return try await engine.explain(subject)
        } catch {
            guard error.kind == .input, let commit = try? await options.repository().commit(subject) else {
                throw error
            }
            return try await engine.explain(commit.id.hex)
        }
    }

    private struct View: Encodable {
        struct Entry: Encodable {
            let at: Date
            let subject: String
            let what: String
        }
        let events: [EventView]
        let journal: [Entry]
        let files: [ArrivalView]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            if let client = try await server.client(options) { return try await client.why(subject, options) }
            let engine = try await options.engine()
            let stories = try await engine.stories(of: subject)
            var explanation = Engine.Explanation(events: [], entries: [])
            do throws(Fault) {
                explanation = try await explain(engine)
            } catch {
                guard error.kind == .input, !stories.isEmpty else { throw error }
            }
            let events = explanation.events.map(EventView.init)
            if options.json {
                Console.printJSON(
                    View(
                        events: events,
                        journal: explanation.entries.map { .init(at: $0.at, subject: $0.subject, what: $0.body) },
                        files: stories.map(ArrivalView.init)))
            } else {
                for story in stories {
                    let lines = DropSentences.lines(story.arrival, of: story.dataset, story.refusals)
                    for line in lines { Console.print(Console.printable(line)) }
                }
                let told = events.map { event in
                    let person = event.by.map { " by \($0)" } ?? ""
                    return (event.at, "\(Timestamp.text(event.at))  \(event.event)\(person): \(event.outcome)")
                }
                // Oldest first; what happened in the same millisecond stays in the order of the records.
                (told + explanation.entries.map { ($0.at, JournalLine.text($0)) }).enumerated()
                    .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
                    .forEach { Console.print(Console.printable($0.element.1)) }
                for wait in explanation.waits {
                    Console.print(Console.printable("\(wait.subject) \(Outside.waits(for: wait.waiting))"))
                }
            }
            return .yes
        }
    }
}
