// Media types by the extension of a file name, as the IANA media type registry has them
// (https://www.iana.org/assignments/media-types/); those that begin with "x-" are not registered, but in common use.

extension MediaType {
    /// The media type for a file name, by its extension; ``octetStream`` when that says nothing.
    ///
    /// Text types have no charset, which no name tells; one that is known can be set with ``setting(_:)``.
    public static func forFile(named fileName: FileName) -> MediaType {
        fileName.fileExtension.flatMap { byExtension[$0] } ?? octetStream
    }

    /// The media type for a file name, by its extension; ``octetStream`` when that says nothing.
    public static func forFile(named fileName: String) -> MediaType {
        (try? FileName(fileName)).map { forFile(named: $0) } ?? octetStream
    }

    private static let byExtension: [String: MediaType] = {
        var types: [String: MediaType] = [:]
        for line in table.utf8.split(separator: HeaderOctet.lineFeed) {
            let words = line.split(separator: HeaderOctet.space).map { String(decoding: $0, as: UTF8.self) }
            guard let name = words.first, let slash = name.firstIndex(of: "/") else { continue }
            let type = String(name[..<slash])
            let mediaType = MediaType(known: type, String(name[name.index(after: slash)...]))
            for word in words.dropFirst() {
                types[word] = mediaType
            }
        }
        return types
    }()

    private static let table = """
        text/plain txt text log conf
        text/html html htm
        text/css css
        text/csv csv
        text/tab-separated-values tsv
        text/markdown md markdown
        text/calendar ics ifb
        text/vcard vcf vcard
        text/javascript js mjs
        text/rtf rtf
        text/troff man
        text/vtt vtt
        application/xml xml xsd xsl
        application/json json map
        application/ld+json jsonld
        application/geo+json geojson
        application/yaml yaml yml
        application/sql sql
        application/pdf pdf
        application/postscript ps eps ai
        application/epub+zip epub
        application/zip zip
        application/gzip gz tgz
        application/zstd zst
        application/x-tar tar
        application/x-bzip2 bz2
        application/x-xz xz
        application/x-7z-compressed 7z
        application/vnd.rar rar
        application/java-archive jar
        application/wasm wasm
        application/xhtml+xml xhtml
        application/atom+xml atom
        application/rss+xml rss
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.wordprocessingml.template dotx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.spreadsheetml.template xltx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
        application/vnd.openxmlformats-officedocument.presentationml.template potx
        application/msword doc dot
        application/vnd.ms-excel xls xlt
        application/vnd.ms-powerpoint ppt pps pot
        application/vnd.ms-outlook msg
        application/vnd.visio vsd
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.oasis.opendocument.presentation odp
        application/vnd.oasis.opendocument.graphics odg
        application/vnd.apple.pages pages
        application/vnd.apple.numbers numbers
        application/vnd.apple.keynote key
        application/vnd.sqlite3 sqlite db
        application/vnd.google-earth.kml+xml kml
        application/vnd.google-earth.kmz kmz
        application/gpx+xml gpx
        application/pkcs7-mime p7m p7c
        application/pkcs7-signature p7s
        application/pkcs8 p8
        application/pkcs10 p10
        application/pkcs12 p12 pfx
        application/pkix-cert cer
        application/pkix-crl crl
        application/pgp-encrypted pgp
        application/pgp-signature sig
        application/pgp-keys asc
        application/pem-certificate-chain pem
        application/toml toml
        application/vnd.android.package-archive apk
        application/vnd.debian.binary-package deb
        application/x-sh sh
        application/octet-stream bin exe dll iso dmg img
        image/png png
        image/apng apng
        image/jpeg jpg jpeg jpe
        image/gif gif
        image/svg+xml svg
        image/webp webp
        image/avif avif
        image/heic heic
        image/heif heif
        image/jxl jxl
        image/bmp bmp
        image/tiff tif tiff
        image/vnd.microsoft.icon ico
        image/vnd.adobe.photoshop psd
        image/vnd.dxf dxf
        image/jp2 jp2
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg ogg oga opus
        audio/flac flac
        audio/vnd.wave wav
        audio/amr amr
        audio/midi mid midi
        audio/matroska mka
        video/mp4 mp4 m4v
        video/mpeg mpg mpeg
        video/quicktime mov qt
        video/webm webm
        video/ogg ogv
        video/matroska mkv
        video/3gpp 3gp
        video/x-msvideo avi
        video/x-ms-wmv wmv
        font/ttf ttf
        font/otf otf
        font/woff woff
        font/woff2 woff2
        font/collection ttc
        model/stl stl
        model/obj obj
        model/gltf+json gltf
        model/gltf-binary glb
        message/rfc822 eml
        message/global u8msg
        """
}
