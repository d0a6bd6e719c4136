import Domain

#if canImport(Glibc)
    import Glibc
#endif

/// What can be wrong with an image: one finding for each, however many files have it.
///
/// Each comes with words for the one file and for many, after "the file '…'" and "12 files". Numbers are limits.
enum ImageFlaw: Hashable, Sendable {
    /// How a process ended.
    enum Ending: Hashable, Sendable {
        case signal(Int32)
        case status(Int32)
    }

    case name
    case outside
    case irregular
    case ending
    case empty
    case unknown
    case truncated
    case broken
    case memory
    /// After so many seconds.
    case slow(Int)
    case crash(Ending)
    /// So many files before it ended their reader.
    case unread
    case pixels(Int)
    case frames(Int)
    case narrow(Int64)
    case wide(Int64)
    case low(Int64)
    case high(Int64)
    case heavy(Int64)
    /// In no folder of a class.
    case classless

    /// How a reader ended that did not answer.
    init(ending status: Int32) {
        switch status {
        case 128 + SIGALRM: self = .slow(ImageReader.seconds)
        case 129...: self = .crash(.signal(status - 128))
        default: self = .crash(.status(status))
        }
    }

    /// True if the file ended its reader.
    var isCrash: Bool {
        switch self {
        case .crash, .slow: true
        default: false
        }
    }

    var check: String {
        switch self {
        case .name: "file-name"
        case .empty: "file-empty"
        case .outside, .irregular, .ending, .unknown, .truncated, .broken, .memory, .slow, .crash, .unread:
            "file-format"
        case .pixels, .frames, .narrow, .wide, .low, .high, .heavy: "image-size"
        case .classless: "class-count"
        }
    }

    var words: (one: String, more: String) {
        switch self {
        case .name: has("a name that is not UTF-8 or holds control characters")
        case .outside: ("is a link that leads out of the folder", "are links that lead out of the folder")
        case .irregular: ("is not a regular file", "are not regular files")
        case .ending: has("none of the endings of images (\(ImageFormat.text))")
        case .empty: ("is empty", "are empty")
        case .unknown: ("is no image of a kind that is read", "are no images of a kind that is read")
        case .truncated: ("ends in the middle of the image", "end in the middle of the image")
        case .broken: ("cannot be decoded", "cannot be decoded")
        case .memory: ("needs more memory than a reader may take", "need more memory than a reader may take")
        case .slow(let seconds):
            ("takes longer than \(seconds) s to decode", "take longer than \(seconds) s to decode")
        case .crash(.signal(let number)):
            ("ends the reader of images with signal \(number)", "end the reader of images with signal \(number)")
        case .crash(.status(let number)):
            ("ends the reader of images with status \(number)", "end the reader of images with status \(number)")
        case .unread:
            (
                "was not read, because \(ImageReader.mostCrashes) files before it ended the reader of images",
                "were not read, because \(ImageReader.mostCrashes) files before them ended the reader of images"
            )
        case .pixels(let limit): has("more pixels than are decoded (\(limit))")
        case .frames(let limit): has("more pixels in all pictures together than are decoded (\(limit))")
        case .narrow(let limit): ("is less than \(limit) pixels wide", "are less than \(limit) pixels wide")
        case .wide(let limit): ("is more than \(limit) pixels wide", "are more than \(limit) pixels wide")
        case .low(let limit): ("is less than \(limit) pixels high", "are less than \(limit) pixels high")
        case .high(let limit): ("is more than \(limit) pixels high", "are more than \(limit) pixels high")
        case .heavy(let limit): has("more than \(limit) bytes")
        case .classless: ("lies in no folder of a class", "lie in no folder of a class")
        }
    }

    private func has(_ words: String) -> (String, String) { ("has \(words)", "have \(words)") }
}
