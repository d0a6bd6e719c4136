/// The endings of images. Which of them a file has does not matter: its content says what it is.
enum ImageFormat {
    static let endings = ["jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff"]
    static let text = endings.map { ".\($0)" }.joined(separator: " ")

    static func isEnding(of name: Substring) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return endings.contains(name[name.index(after: dot)...].lowercased())
    }
}
