package import Domain
import Foundation
import Host
package import SystemPackage

/// Where everything that Sluice keeps lies.
///
/// ```
/// <home>/sluice.db      events, runs, decisions, promotions, registry, journal
///        store/         content by digest, in DVC's cache layout
///        envs/          Python environments by digest
///        mirrors/       our own bare copies of commits that were run
///        clones/        a server's bare clones of the repositories of its projects
///        runs/<n>/      work tree, logs and report of a run
///        trees/         a work tree of each repository that the next run of it may use
///        profiles/      what the data of snapshots looks like, by their digests
///        models/        versions that were promoted, as deploy commands see them
///        deploy/        what deploy commands may keep between promotions
///        watch/         locks of processes that watch drops and take files in
///        tmp/           scratch space
///        reserve        room that a server keeps for when there is none
/// ```
package struct Home: Sendable, Equatable {
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

    /// `--home`, else `SLUICE_HOME`, else `sluice` below the XDG data directory.
    package static func locate(flag: String?, variables: [String: String], from directory: FilePath) -> Home {
        if let chosen = flag ?? variables["SLUICE_HOME"], !chosen.isEmpty {
            return Home(root: directory.pushing(FilePath(chosen)).lexicallyNormalized())
        }
        if let data = variables["XDG_DATA_HOME"], FilePath(data).isAbsolute {
            return Home(root: FilePath(data).appending("sluice"))
        }
        return Home(root: userHome(variables).appending(".local/share/sluice"))
    }

    /// `HOME`, or what the user database says where that is missing or no absolute path.
    private static func userHome(_ variables: [String: String]) -> FilePath {
        if let home = variables["HOME"], FilePath(home).isAbsolute { return FilePath(home) }
        if let record = getpwuid(geteuid()), let folder = record.pointee.pw_dir {
            return FilePath(String(cString: folder))
        }
        return "/root"
    }

    package var database: FilePath { root.appending("sluice.db") }
    package var store: FilePath { root.appending("store") }
    package var environments: FilePath { root.appending("envs") }
    package var temporary: FilePath { root.appending("tmp") }

    /// The profile of files: on edges of their own, or on those of a layout.
    package func profile(_ files: Digest, on layout: Digest? = nil) -> FilePath {
        let suffix = layout.map { "-on-\($0.hex.prefix(16))" } ?? ""
        return root.appending("profiles").appending("\(files.hex)\(suffix).json")
    }

    /// How many rows each file of a snapshot has.
    package func rows(_ snapshot: Digest) -> FilePath {
        root.appending("profiles").appending("\(snapshot.hex)-rows.json")
    }

    /// Our bare copy of a repository's commits.
    package func mirror(of repository: RepositoryID) -> FilePath {
        root.appending("mirrors").appending(String(Digest.of(repository.path).hex.prefix(16)) + ".git")
    }

    /// Work trees that runs have left to those after them.
    package var spareTrees: FilePath { root.appending("trees") }

    /// The one of a repository.
    package func spareTree(of repository: RepositoryID) -> FilePath {
        spareTrees.appending(String(Digest.of(repository.path).hex.prefix(16)))
    }

    /// A server's bare clone of a project's repository.
    package func clone(of project: ProjectName) -> FilePath {
        root.appending("clones").appending("\(project).git")
    }

    /// Everything of one run.
    package func directory(of run: RunID) -> RunDirectory {
        RunDirectory(root: root.appending("runs").appending(run.description))
    }

    /// Where a version lies for deploy commands: `models/<model>/<version>/<file>`.
    package func model(_ ref: ModelRef, fileName: String) -> FilePath {
        root.appending("models").appending(ref.model.text).appending(String(ref.version)).appending(fileName)
    }

    /// What deploy commands of a model may keep.
    package func deployDirectory(of model: ModelName) -> FilePath {
        root.appending("deploy").appending(model.text)
    }

    /// The lock that the process which watches a repository's drops holds.
    package func watchLock(of repository: RepositoryID) -> FilePath {
        root.appending("watch").appending(String(Digest.of(repository.path).hex.prefix(16)) + ".lock")
    }

    /// The lock that the process which takes dropped files into a dataset holds.
    package func intakeLock(of dataset: DatasetName, model: ModelName) -> FilePath {
        root.appending("watch").appending("\(Digest.of("\(model) \(dataset)").hex.prefix(16))-intake.lock")
    }

    /// The lock that the server of the home holds.
    package var serverLock: FilePath { root.appending("serve.lock") }

    /// The lock that the process which works on a promotion holds.
    package func promotionLock(_ id: Int64) -> FilePath {
        root.appending("promotions").appending("\(id).lock")
    }
}

/// The files of one run.
package struct RunDirectory: Sendable, Equatable {
    package let root: FilePath

    package var tree: FilePath { root.appending("tree") }
    /// Held by the process that works on the run.
    package var owner: FilePath { root.appending("owner.lock") }
    /// There if somebody asked to keep the tree.
    package var kept: FilePath { root.appending("kept") }
    package var report: FilePath { root.appending("report.md") }
    package var temporary: FilePath { root.appending("tmp") }
    /// The fresh environment of a reproduction.
    package var environment: FilePath { root.appending("env") }

    /// The directory of one attempt at a stage.
    package func job(_ stage: StageName, attempt: Int) -> FilePath {
        root.appending("stages").appending(stage.pathComponent).appending(String(attempt))
    }

    /// The directory of a promotion's command: `deploy`, `verify`, `restore`.
    package func promotion(_ id: Int64, _ act: String) -> FilePath {
        root.appending("promotions").appending(String(id)).appending(act)
    }
}
