import ArgumentParser

@main
struct Sluice: ParsableCommand {
    func run() { print("sluice") }
}
