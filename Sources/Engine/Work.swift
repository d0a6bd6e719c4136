package import Domain
import Foundation
import Host
import Storage
import SystemPackage

extension Engine {
    /// Brings a run to its end from wherever it stands, or follows the process that does.
    ///
    /// Idempotent: any process may call it for any run at any time; the owner's lock decides who works. What goes
    /// wrong becomes the run's state; only a store that cannot be written is thrown. A cancelled task leaves the run where
    /// it stands: jobs go on in their supervisors, and the next call attaches to them.
    package func work(
        on id: RunID, blueprint: Blueprint? = nil, keepTree: Bool = false, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Run {
        let directory = home.directory(of: id)
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(directory.root, mode: 0o700) }
        while true {
            let run = try await required(id)
            if run.state.isFinal { return run }
            if let lock = try await Blocking.run({ () throws(Fault) in try FileLock.take(directory.owner) }) {
                progress(.working(id))
                let done = try await own(id, blueprint, keepTree, progress)
                withExtendedLifetime(lock) {}
                return done
            }
            // Another process works on it; its lock is free when it is done or dead.
            try? await Task.sleep(for: .milliseconds(200))
            if Task.isCancelled { return run }
        }
    }

    /// True if a process works on the run now.
    package func isOwned(_ id: RunID) async throws(Fault) -> Bool {
        let path = home.directory(of: id).owner
        return try await Blocking.run { () throws(Fault) in try FileLock.isHeld(path) }
    }

    private func own(
        _ id: RunID, _ blueprint: Blueprint?, _ keepTree: Bool, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Run {
        do throws(Fault) {
            try await driveUnlessEnded(id, blueprint, progress)
        } catch {
            // A cancel from another process makes the next transition impossible; the run then is what it is.
            let run = try await required(id)
            // Asked to end: the run stays where it stands, and whoever carries it next goes on from there.
            if !run.state.isFinal, Task.isCancelled { return run }
            if !run.state.isFinal {
                try await store.change(id, .fail(error), at: now())
                for stage in try await store.stages(of: id) where !stage.state.isFinal && stage.state != .pending {
                    try await store.change(stage.name, of: id, .error(error, nil), at: now())
                }
            }
        }
        let run = try await required(id)
        guard run.state.isFinal else { return run }
        let directory = home.directory(of: id)
        if keepTree {
            try await Blocking.run { () throws(Fault) in try Files.writeDurably(Data(), to: directory.kept) }
        } else {
            // Whatever is wrong with it: a tree that is not left to the next run is removed.
            try? await leaveTree(of: run, in: directory)
            await cleanUp(directory, progress)
        }
        return run
    }

    /// Drives the run, and stops whatever it waits for (a build of an environment, a scan of data) as soon as somebody
    /// else has ended the run.
    private func driveUnlessEnded(
        _ id: RunID, _ blueprint: Blueprint?, _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        let outcome = await withTaskGroup(of: Result<Void, Fault>?.self) { group in
            group.addTask {
                do throws(Fault) {
                    return .success(try await drive(id, blueprint, progress))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await waitForEnd(of: id)
                return nil
            }
            var outcome: Result<Void, Fault> = .success(())
            while let next = await group.next() {
                if let next { outcome = next }
                group.cancelAll()
            }
            return outcome
        }
        try outcome.get()
    }

    private func waitForEnd(of id: RunID) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(250))
            if let run = try? await store.run(id), run.state.isFinal { return }
        }
    }

    /// Removes what a process that was killed after a run's end, or before it could see a cancel, left of it.
    func sweep(_ run: Run, _ progress: @escaping ProgressHandler) async throws(Fault) {
        guard run.state.isFinal else { return }
        let directory = home.directory(of: run.id)
        let lock = try await Blocking.run { () throws(Fault) -> FileLock? in
            let isLeft = [directory.tree, directory.temporary, directory.environment].contains(where: Files.exists)
            guard isLeft, !Files.exists(directory.kept) else { return nil }
            return try FileLock.take(directory.owner)
        }
        guard let lock else { return }
        await cleanUp(directory, progress)
        withExtendedLifetime(lock) {}
    }

    /// The run is over: what cannot be removed is worth a warning, not a fault.
    private func cleanUp(_ directory: RunDirectory, _ progress: @escaping ProgressHandler) async {
        do throws(Fault) {
            try await Blocking.run { () throws(Fault) in
                try Files.removeTree(directory.tree)
                try Files.removeTree(directory.temporary)
                try Files.removeTree(directory.environment)
                try removeUnfinished(in: directory.root)
            }
        } catch {
            progress(.warning("the work tree was left behind: \(error.message)"))
        }
    }

    private func drive(
        _ id: RunID, _ given: Blueprint?, _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        let plan = try await requiredPlan(of: id)
        let blueprint: Blueprint
        if let given { blueprint = given } else { blueprint = try await self.blueprint(for: plan) }
        // Our own copy of the commit is made beside the work; only the verdict waits for it.
        async let kept: Void = keepCommit(of: plan)
        do {
            guard let workspace = try await runToTheEnd(id, plan, blueprint, progress) else { return }
            try await kept
            var run = try await required(id)
            if run.state == .running {
                run = try await store.change(id, .judge, at: now())
                hooks.reached(.runJudging)
            }
            try await judge(run, plan, workspace, progress)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.bug, "run \(id): \(error)")
        }
    }

    /// Prepares and runs what is left; nil if the run was cancelled meanwhile.
    private func runToTheEnd(
        _ id: RunID, _ plan: Plan, _ blueprint: Blueprint, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Workspace? {
        var run = try await required(id)
        if run.state == .queued {
            run = try await store.change(id, .prepare, at: now())
            hooks.reached(.runPreparing)
        }
        let workspace: Workspace
        if run.state == .preparing {
            workspace = try await prepare(run, plan, blueprint, progress)
            run = try await store.change(id, .start, at: now())
            hooks.reached(.runRunning)
        } else {
            workspace = try await self.workspace(for: run, plan, blueprint, progress)
        }
        guard run.state == .running else { return workspace }
        return try await runStages(of: plan, in: workspace, progress) ? workspace : nil
    }

    /// False if the run was cancelled meanwhile.
    private func runStages(
        of plan: Plan, in workspace: Workspace, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Bool {
        let records = try await store.stages(of: workspace.run.id)
        var states = Dictionary(records.map { ($0.name, $0.state) }, uniquingKeysWith: { first, _ in first })
        for stage in plan.stages {
            let state = states[stage.name] ?? .pending
            if state.isFinal { continue }
            let after = try await perform(stage, standing: state, others: states, in: workspace, progress)
            states[stage.name] = after
            progress(.stageEnded(stage.name, after))
            if try await required(workspace.run.id).state.isFinal { return false }
        }
        return true
    }
}

/// Removes what a killed process was about to give its name: a half-written checkout, a half-written file.
func removeUnfinished(in directory: FilePath) throws(Fault) {
    for name in try Files.entries(directory) where name.string.hasPrefix(".") {
        try Files.removeTree(directory.appending(name))
    }
}
