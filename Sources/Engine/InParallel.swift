import Domain
import Foundation

extension Engine {
    /// The answers for numbers in their order, as many at once as there are cores, and no more than four.
    func inParallel<Answer: Sendable>(
        _ numbers: Range<Int>, _ work: @escaping @Sendable (Int) async throws(Fault) -> Answer
    ) async throws(Fault) -> [Answer] {
        let width = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount, numbers.count))
        let found = await withTaskGroup(of: (Int, Result<Answer, Fault>).self) { group in
            var answers: [Int: Result<Answer, Fault>] = [:]
            var left = numbers.makeIterator()
            func start() {
                guard let number = left.next() else { return }
                group.addTask {
                    do throws(Fault) {
                        return (number, .success(try await work(number)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            for _ in 0..<width { start() }
            for await (number, answer) in group {
                answers[number] = answer
                // Nothing is begun after a failure.
                if case .success = answer { start() }
            }
            return answers
        }
        // A failure left later numbers unanswered, so it is looked for first.
        for number in numbers { if case .failure(let fault)? = found[number] { throw fault } }
        var answers: [Answer] = []
        for number in numbers {
            guard let answer = found[number] else { throw Fault(.bug, "number \(number) was not answered") }
            answers.append(try answer.get())
        }
        return answers
    }
}
