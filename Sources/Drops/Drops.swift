package import Domain
package import SystemPackage

/// Where files arrive.
package enum DropPlace: Sendable, Hashable {
    /// A directory and all below it.
    case directory(FilePath)
    /// The objects of an S3 bucket below the prefix, which is taken as a folder; an empty prefix is all of the bucket.
    case bucket(name: String, prefix: String)
}

/// A file that by lying there says that others are complete. Marker files are never files of the dataset.
///
/// A marker speaks for the files that were last written before it was: an old marker says nothing about a new file.
package typealias DropMarker = DropPolicy.Marker

/// What makes a file complete, and how often one looks.
package struct DropRules: Sendable, Equatable {
    /// A file is complete once its size, time and inode have not changed for this many seconds.
    package var settle: Double
    /// Without this marker no file is ever complete. Nil: markers only hasten.
    package var marker: DropMarker?
    /// Seconds between two looks at all of a directory.
    package var rescan: Double
    /// Seconds between two looks at a directory whose changes the kernel cannot tell, or that is not there.
    package var pollEvery: Double = 5
    /// Seconds between two listings of a bucket.
    package var listEvery: Double = 60

    package init(settle: Double = 5, marker: DropMarker? = nil, rescan: Double = 300) {
        self.settle = settle
        self.marker = marker
        self.rescan = rescan
    }
}

/// What tells one state of one file from all others: what was dealt with is remembered by it.
package struct DropKey: Sendable, Hashable {
    /// As in `DropFile.name` or `DropRefusal.name`.
    package let name: String
    package let stamp: String

    package init(name: String, stamp: String) {
        self.name = name
        self.stamp = stamp
    }

    // By bytes: Swift's texts are equal where only the Unicode normal form differs, names of files are not.
    package static func == (left: DropKey, right: DropKey) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.stamp == right.stamp
    }

    package func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        hasher.combine(stamp)
    }
}

/// Where the bytes of a file are.
package enum DropLocation: Sendable, Hashable {
    /// Canonical; if the file is a link inside the drop, what it points at.
    case path(FilePath)
    /// In the bucket.
    case key(String)
}

/// A file as it lies there.
package struct DropFile: Sendable, Hashable {
    /// The path below the drop: the file's name in the dataset.
    package let name: TreePath
    package let location: DropLocation
    package let size: Int64
    /// Changes whenever the file changes: time of change, inode and size, or what the bucket tells.
    package let stamp: String

    package init(name: TreePath, location: DropLocation, size: Int64, stamp: String) {
        self.name = name
        self.location = location
        self.size = size
        self.stamp = stamp
    }

    package var key: DropKey { DropKey(name: name.text, stamp: stamp) }
}

/// Something that can never be taken in: a link that leads outside or nowhere, a device, a name with control characters.
package struct DropRefusal: Sendable, Hashable {
    /// The path below the drop, safe to show.
    package let name: String
    /// The thing itself, not what it points at.
    package let location: DropLocation
    package let stamp: String
    /// Half a sentence that goes on after the name: `is a named pipe`.
    package let reason: String

    package init(name: String, location: DropLocation, stamp: String, reason: String) {
        self.name = name
        self.location = location
        self.stamp = stamp
        self.reason = reason
    }

    package var key: DropKey { DropKey(name: name, stamp: stamp) }
}

/// Files that became complete together.
package struct DropBatch: Sendable, Equatable {
    /// Sorted by name.
    package let files: [DropFile]
    /// Sorted by name.
    package let refusals: [DropRefusal]

    package var isEmpty: Bool { files.isEmpty && refusals.isEmpty }

    package init(files: [DropFile], refusals: [DropRefusal]) {
        self.files = files
        self.refusals = refusals
    }
}

/// How changes of a directory are seen.
package enum DropSight: Sendable, Hashable {
    /// The kernel tells (inotify) where it can; else by looking every `pollEvery` seconds.
    case automatic
    /// By looking, always.
    case polling
}
