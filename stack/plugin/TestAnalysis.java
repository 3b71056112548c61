import java.io.Reader;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.PreConfiguredTokenizer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Brings to the slim server what index templates and API keys need of the full server's analysis-common
 * module, under the same names and from the same Lucene classes.
 */
public class TestAnalysis extends Plugin implements AnalysisPlugin {
    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        return List.of(
            new PreBuiltAnalyzerProviderFactory("english", CachingStrategy.ONE, EnglishAnalyzer::new));
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(
            PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new),
            PreConfiguredTokenFilter.singleton("porter_stem", false, PorterStemFilter::new),
            PreConfiguredTokenFilter.singleton("unique", false, RemoveDuplicatesTokenFilter::new));
    }

    @Override
    public List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
        return List.of(
            PreConfiguredTokenizer.singleton("keyword", KeywordTokenizer::new),
            PreConfiguredTokenizer.singleton("uax_url_email", UAX29URLEmailTokenizer::new));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        AnalysisProvider<TokenizerFactory> pattern = (index, environment, name, settings) -> {
            Pattern compiled = Pattern.compile(settings.get("pattern", "\\W+"));
            int group = settings.getAsInt("group", -1);
            return TokenizerFactory.newFactory(name, () -> new PatternTokenizer(compiled, group));
        };
        return Map.of("pattern", AnalysisPlugin.requiresAnalysisSettings(pattern));
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        AnalysisProvider<CharFilterFactory> mapping = (index, environment, name, settings) -> {
            NormalizeCharMap map = charMap(settings.getAsList("mappings"));
            return new CharFilterFactory() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public Reader create(Reader input) {
                    return new MappingCharFilter(map, input);
                }
            };
        };
        return Map.of("mapping", AnalysisPlugin.requiresAnalysisSettings(mapping));
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        // The security index, which holds API keys, is mapped with this filter.
        AnalysisProvider<TokenFilterFactory> capture = (index, environment, name, settings) -> {
            boolean keepOriginal = settings.getAsBoolean("preserve_original", true);
            Pattern[] patterns = settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
            return filter(name, input -> new PatternCaptureGroupTokenFilter(input, keepOriginal, patterns));
        };
        AnalysisProvider<TokenFilterFactory> length = (index, environment, name, settings) -> {
            int least = settings.getAsInt("min", 0);
            int most = settings.getAsInt("max", Integer.MAX_VALUE);
            return filter(name, input -> new LengthFilter(input, least, most));
        };
        AnalysisProvider<TokenFilterFactory> stemmer = (index, environment, name, settings) -> {
            String language = settings.get("language", "porter");
            return switch (language) {
                case "english", "porter" -> filter(name, PorterStemFilter::new);
                case "porter2" -> filter(name, input -> new SnowballFilter(input, new EnglishStemmer()));
                default -> throw new IllegalArgumentException("no stemmer for [" + language + "] in the test plugin");
            };
        };
        return Map.of(
            "pattern_capture", AnalysisPlugin.requiresAnalysisSettings(capture),
            "length", AnalysisPlugin.requiresAnalysisSettings(length),
            "stemmer", AnalysisPlugin.requiresAnalysisSettings(stemmer));
    }

    private static TokenFilterFactory filter(String name, UnaryOperator<TokenStream> make) {
        return new TokenFilterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TokenStream create(TokenStream input) {
                return make.apply(input);
            }
        };
    }

    /** Rules as "a=>b", in which \\u0301 stands for the character. */
    private static NormalizeCharMap charMap(List<String> rules) {
        NormalizeCharMap.Builder builder = new NormalizeCharMap.Builder();
        for (String rule : rules) {
            String[] sides = rule.split("=>", 2);
            builder.add(unescaped(sides[0].trim()), unescaped(sides[1].trim()));
        }
        return builder.build();
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\u([0-9a-fA-F]{4})").matcher(text).replaceAll(found ->
            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
    }
}
