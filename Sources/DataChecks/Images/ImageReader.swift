import Domain
import Foundation
import Host
import SystemPackage

/// Decodes files in child processes under limits.
///
/// A child that dies has died of the file whose answer is missing; a new one goes on behind it.
struct ImageReader: Sendable {
    let python: Tool
    /// Where lists and answers are written.
    let folder: FilePath

    /// Files of one child.
    static let batch = 1_000
    /// Progress is told about every so many files.
    static let step = 10_000
    /// Children at the same time.
    static let width = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount))
    /// After so many files that ended their reader no more is read.
    static let mostCrashes = 20
    /// Pixels of one picture; the pictures of an animation may have ten times as many together.
    static let pixels = 100_000_000
    static let seconds = 30
    static let memory = 2 << 30

    /// One reading for each path, in their order. The same files always give the same readings.
    func read(
        _ paths: [FilePath], progress: @escaping @Sendable (_ done: Int) -> Void
    ) async throws(Fault) -> [ImageReading] {
        let starts = Array(stride(from: 0, to: paths.count, by: ImageReader.batch))
        let outcome = await withTaskGroup(of: (Int, Result<[ImageReading], Fault>).self) { group in
            var parts = [[ImageReading]](repeating: [], count: starts.count)
            var (next, running, done, crashes) = (0, 0, 0, 0)
            var failure: Fault?
            while true {
                while failure == nil, crashes < ImageReader.mostCrashes, running < ImageReader.width,
                    next < starts.count
                {
                    let (index, start) = (next, starts[next])
                    let part = Array(paths[start..<min(start + ImageReader.batch, paths.count)])
                    group.addTask { (index, await attempt(part, index)) }
                    next += 1
                    running += 1
                }
                guard running > 0, let (index, result) = await group.next() else { break }
                running -= 1
                switch result {
                case .success(let readings):
                    parts[index] = readings
                    crashes += readings.count(where: \.isCrash)
                    let before = done / ImageReader.step
                    done += readings.count
                    if done / ImageReader.step > before { progress(done) }
                case .failure(let fault): failure = failure ?? fault
                }
                if Task.isCancelled, failure == nil { failure = Fault(.environment, "the work was cancelled") }
            }
            return failure.map { .failure($0) } ?? Result<[ImageReading], Fault>.success(parts.flatMap { $0 })
        }
        return cut(try outcome.get(), to: paths.count)
    }

    /// What later batches said before the last crash was known depends on the machine, so it does not count.
    private func cut(_ readings: [ImageReading], to count: Int) -> [ImageReading] {
        var crashes = 0
        let end = readings.firstIndex { reading in
            if reading.isCrash { crashes += 1 }
            return crashes == ImageReader.mostCrashes
        }
        let kept = end.map { readings[...$0] } ?? readings[...]
        return Array(kept) + Array(repeating: .unread, count: count - kept.count)
    }

    private func attempt(_ paths: [FilePath], _ batch: Int) async -> Result<[ImageReading], Fault> {
        do throws(Fault) {
            return .success(try await batchReadings(paths, batch))
        } catch {
            return .failure(error)
        }
    }

    /// As many readings as paths, or fewer if the last of them is the last crash that is allowed.
    private func batchReadings(_ paths: [FilePath], _ batch: Int) async throws(Fault) -> [ImageReading] {
        var readings: [ImageReading] = []
        var crashes = 0
        while readings.count < paths.count, crashes < ImageReader.mostCrashes {
            let rest = Array(paths[readings.count...])
            let (answers, flaw) = try await child(rest, "\(batch)-\(crashes)")
            for (answer, path) in zip(answers, rest) { readings.append(try answer.reading(of: path)) }
            if readings.count < paths.count {
                readings.append(.flawed(flaw, value: nil))
                crashes += 1
            }
        }
        return readings
    }

    private func write(_ text: String, to file: FilePath) throws(Fault) {
        do {
            try Data(text.utf8).write(to: URL(filePath: file.string))
        } catch {
            throw Fault(.environment, "could not write \(file): \(error)")
        }
    }

    /// The answers of one child, and what is wrong with the file behind them, if there is one.
    private func child(_ paths: [FilePath], _ name: String) async throws(Fault) -> ([ImageAnswer], ImageFlaw) {
        let (listing, results) = (folder.appending("list-\(name)"), folder.appending("answers-\(name)"))
        let text = paths.map { $0.string + "\0" }.joined()
        try await Blocking.run { () throws(Fault) in try write(text, to: listing) }
        let numbers = [ImageReader.pixels, ImageReader.seconds, ImageReader.memory].map(String.init)
        // The clock of each file stops the child long before this deadline.
        let outcome = try await python.run(
            ["-I", "-c", ImageReaderScript.text, listing.string, results.string] + numbers, in: folder,
            deadline: .seconds(ImageReader.seconds * (paths.count + 10)))
        let lines = try await Blocking.run { () throws(Fault) -> [ImageAnswer] in
            defer { for file in [listing, results] { try? Files.removeTree(file) } }
            guard Files.exists(results) else { return [] }
            return ImageAnswer.all(in: try Files.readSmall(results, limit: 32 << 20))
        }
        guard lines.first?.kind == "ready" else {
            let words = outcome.errors.split(separator: "\n").last.map { ": \(String($0).shown())" } ?? ""
            throw Fault(
                .environment, "the reader of images did not start (status \(outcome.status))\(words)",
                advice: "see 'sluice doctor'")
        }
        return (Array(lines.dropFirst().prefix(paths.count)), ImageFlaw(ending: outcome.status))
    }
}
