/// The program that decodes images: Python with Pillow, one process for many files.
///
/// It takes its own limits before it loads a decoder, and writes one line of JSON for each file as soon as it knows,
/// so that whoever finds it dead knows which file it died of. Pillow's own guard against bombs is off because ours
/// is stricter, and knows the size that the file claims.
enum ImageReaderScript {
    /// Arguments: the file of paths (each ended by a zero byte), the file for answers (must not exist), the most
    /// pixels of a picture, seconds for a file, bytes of address space.
    static let text = #"""
        import errno, json, os, resource, signal, stat, sys, warnings

        listing, results = sys.argv[1:3]
        pixels, seconds, memory = map(int, sys.argv[3:6])
        for kind, value in (
            (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 16 << 20), (resource.RLIMIT_NOFILE, 64),
        ):
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))

        from PIL import BmpImagePlugin, GifImagePlugin, Image, JpegImagePlugin
        from PIL import PngImagePlugin, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin

        Image.MAX_IMAGE_PIXELS = None
        warnings.simplefilter("ignore")
        FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"]
        DISK = {errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN, errno.EREMOTEIO}
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        output = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


        def say(kind, width=0, height=0, words=""):
            words = words[:200].encode("ascii", "backslashreplace").decode()
            line = {"kind": kind, "width": width, "height": height, "words": words}
            os.write(output, json.dumps(line).encode() + b"\n")


        def decode(file):
            image = Image.open(file, formats=FORMATS)
            size, frame, total = image.size, 0, 0
            if size[0] * size[1] > pixels:
                return "pixels", *size
            if image.format == "PNG":
                # Checks the sums of all chunks, which decoding does not; the image is then used up.
                image.verify()
                file.seek(0)
                image = Image.open(file, formats=FORMATS)
            while True:
                area = image.size[0] * image.size[1]
                total += area
                if area > pixels or total > 10 * pixels:
                    return "frames", *size
                image.load()
                # What follows the first picture of a camera's JPEG are previews.
                if image.format == "MPO":
                    break
                frame += 1
                try:
                    image.seek(frame)
                except EOFError:
                    break
            return "ok", *size


        def read(path):
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return ("irregular",)
                try:
                    return decode(file)
                except UnidentifiedImageError:
                    return ("unknown",)
                except MemoryError:
                    return ("memory",)
                except OSError as error:
                    # Any other number comes of what the file says, such as a place before its start.
                    if error.errno in DISK:
                        raise
                    words = str(error)
                    return "truncated" if "truncated" in words.lower() else "broken", 0, 0, words
                except Exception as error:
                    return "broken", 0, 0, str(error)


        say("ready", 0, 0, Image.__version__)
        # Decoders in C may print whatever a file makes them say.
        nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with open(listing, "rb") as file:
            paths = file.read().split(b"\0")[:-1]
        for path in paths:
            # Ends the process, also in the middle of a decoder.
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                answer = read(path)
            except OSError as error:
                answer = "system", 0, 0, os.strerror(error.errno or 0)
            say(*answer)
        """#
}
