import Domain
import Foundation
import Host
import SystemPackage

/// What decoding one file came to.
enum ImageReading: Sendable, Equatable {
    /// Size of the first picture, all pictures could be decoded.
    case whole(width: Int64, height: Int64)
    case flawed(ImageFlaw, value: String?)
    /// Too many files before it ended their reader.
    case unread
}

extension ImageReading {
    /// True if the file ended its reader.
    var isCrash: Bool {
        guard case .flawed(let flaw, _) = self else { return false }
        return flaw.isCrash
    }
}

/// One line of the reader.
struct ImageAnswer: Decodable, Sendable {
    let kind: String
    let width: Int64
    let height: Int64
    let words: String

    /// Up to the first line that is none: the rest is not to be trusted.
    static func all(in bytes: Data) -> [ImageAnswer] {
        let decoder = JSONDecoder()
        var answers: [ImageAnswer] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let answer = try? decoder.decode(ImageAnswer.self, from: Data(line)) else { break }
            answers.append(answer)
        }
        return answers
    }

    func reading(of path: FilePath) throws(Fault) -> ImageReading {
        switch kind {
        case "ok": .whole(width: width, height: height)
        case "pixels": .flawed(.pixels(ImageReader.pixels), value: "\(width)x\(height)")
        case "frames": .flawed(.frames(10 * ImageReader.pixels), value: "\(width)x\(height)")
        case "irregular": .flawed(.irregular, value: nil)
        case "unknown": .flawed(.unknown, value: nil)
        case "truncated": .flawed(.truncated, value: nil)
        case "memory": .flawed(.memory, value: nil)
        case "system": throw Fault(.environment, "could not read \(path): \(words.shown())")
        default: .flawed(.broken, value: words.shown())
        }
    }
}
