package import Domain
package import Host
package import SystemPackage

/// Tests images: readable, size, images of each class. The decoding is Pillow's, in child processes under limits.
///
/// Who calls it: the `schema` stage of a run, the intake of drops and `sluice data check`. It writes only below
/// `temporary`, and the same files always give the same findings.
package struct ImageTest: Sendable {
    /// A Python that has Pillow.
    package let python: Tool

    package init(python: Tool) { self.python = python }

    /// Names are those of the dataset, `cat/001.jpg`: the folder at the top is the class, and the ending must be that
    /// of an image. A path may be anything, as those of the content store are. Names with a part that starts with a
    /// dot are passed over.
    ///
    /// Findings are by check and reason, so that 10,000 broken files give one: `file` is the first, `count` how many,
    /// and the message names ten. An image in no folder is a finding (`class-count`) only where a rule is about
    /// classes. `rows` of the outcome are the images. A file that no decoder survives is a finding, not a fault.
    ///
    /// - Parameters:
    ///   - excusing: names of files that count for their classes and are not looked at otherwise.
    ///   - progress: called now and then with the number of files read so far, and of all.
    package func run(
        _ rules: ImageRules, on files: [(name: String, path: FilePath)], excusing: Set<String> = [],
        temporary: FilePath, progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(Fault) -> SchemaTest.Outcome {
        let survey = await Blocking.run { ImageSurvey(files, rules: rules, excusing: excusing) }
        return survey.outcome(try await read(survey, temporary, progress))
    }

    /// Tests a folder as it lies there. Links that lead out of it, devices and names that no dataset can hold are
    /// findings. A plain file is tested alone, without the rules about classes.
    package func run(
        _ rules: ImageRules, on folder: FilePath, temporary: FilePath,
        progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(Fault) -> SchemaTest.Outcome {
        guard await Blocking.run({ Files.isDirectory(folder) }) else {
            var alone = rules
            (alone.classes, alone.minPerClass, alone.maxPerClass) = (nil, nil, nil)
            let name = folder.lastComponent?.string ?? folder.string
            return try await run(alone, on: [(name, folder)], temporary: temporary, progress: progress)
        }
        let found = try await Blocking.run { () throws(Fault) in try ImageFolder(folder) }
        let survey = await Blocking.run { ImageSurvey(found.files, rules: rules, faults: found.faults) }
        return survey.outcome(try await read(survey, temporary, progress))
    }

    /// The findings of each file alone, by its name, for those who must part good files from bad: as `run`, but how
    /// many images a class has is not asked.
    package func findings(
        _ rules: ImageRules, on files: [(name: String, path: FilePath)], temporary: FilePath,
        progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(Fault) -> [String: [DataFinding]] {
        let survey = await Blocking.run { ImageSurvey(files, rules: rules) }
        let faults = survey.faults(try await read(survey, temporary, progress))
        return faults.byFile.merging(survey.strangers) { $0 + $1 }
    }

    private func read(
        _ survey: ImageSurvey, _ temporary: FilePath, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws(Fault) -> [ImageReading] {
        let paths = survey.images.map(\.path)
        return try await ScratchFolder.use(below: temporary, named: "images") { folder throws(Fault) in
            try await ImageReader(python: python, folder: folder).read(paths) { progress($0, paths.count) }
        }
    }
}
